import { functionNames } from './expression.ts';
import type { Expression, LevelKind } from './expression.ts';
import { tokenize } from './tokenize.ts';
import type { Token } from './tokenize.ts';

/** Formulas nested deeper than this are refused, so that none can exhaust the stack. */
const MAX_DEPTH = 200;

/**
 * Reads a formula such as `E + A/N^alpha + B/D^beta`. It is data: nothing in it is ever executed as code.
 *
 * Operators, from the weakest: `+ -`, `* /`, unary `-`, `^` (to the right first). Functions: `exp`, `log` (natural),
 * `log2`, `sqrt`, and `quantized(x)`, which is `x` for a quantized run and 0 in high precision. `name[G]` is a
 * parameter with a value for each group size, `name[precision]` with one for each precision.
 *
 * @throws SyntaxError that says what stands where.
 */
export function parseExpression(text: string): Expression {
  return new Parser(text).parse();
}

/** Recursive descent, one method for each level of precedence. */
class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Expression {
    const expression = this.#sum();
    if (this.#token.kind !== 'end') this.#fail('an operator');
    return expression;
  }

  get #token(): Token {
    return this.#tokens[this.#next]!;
  }

  #sum(): Expression {
    let left = this.#product();
    for (let operator = this.#take('+', '-'); operator !== undefined; operator = this.#take('+', '-')) {
      left = { kind: 'binary', operator, left, right: this.#product() };
    }
    return left;
  }

  #product(): Expression {
    let left = this.#unary();
    for (let operator = this.#take('*', '/'); operator !== undefined; operator = this.#take('*', '/')) {
      left = { kind: 'binary', operator, left, right: this.#unary() };
    }
    return left;
  }

  #unary(): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw new SyntaxError(`parseExpression: a formula must be nested at most ${MAX_DEPTH} deep`);
    }
    const expression: Expression =
      this.#take('-') === undefined ? this.#power() : { kind: 'negate', operand: this.#unary() };
    this.#depth -= 1;
    return expression;
  }

  #power(): Expression {
    const left = this.#atom();
    return this.#take('^') === undefined
      ? left
      : { kind: 'binary', operator: '^', left, right: this.#unary() };
  }

  #atom(): Expression {
    const { kind, text } = this.#token;
    if (kind === 'number') {
      this.#next += 1;
      return { kind: 'number', value: Number(text) };
    }
    if (kind === 'name') {
      this.#next += 1;
      return this.#token.text === '(' ? this.#call(text) : this.#name(text);
    }
    if (this.#take('(') === undefined) this.#fail('a number, a name or "("');
    const inner = this.#sum();
    this.#expect(')');
    return inner;
  }

  #call(name: string): Expression {
    const known = functionNames.find((candidate) => candidate === name);
    if (known === undefined) {
      throw new SyntaxError(
        `parseExpression: the functions are ${functionNames.join(', ')}, but got ${name}(…) in "${this.#text}"`,
      );
    }
    this.#expect('(');
    const operand = this.#sum();
    this.#expect(')');
    return { kind: 'call', function: known, operand };
  }

  #name(name: string): Expression {
    const levels: LevelKind[] = [];
    if (this.#take('[') !== undefined) {
      do levels.push(this.#level());
      while (this.#take(',') !== undefined);
      this.#expect(']');
    }
    return { kind: 'name', name, levels };
  }

  #level(): LevelKind {
    const { text } = this.#token;
    if (text !== 'G' && text !== 'precision') this.#fail('G or precision');
    this.#next += 1;
    return text as LevelKind;
  }

  #take<S extends string>(...symbols: readonly S[]): S | undefined {
    const { kind, text } = this.#token;
    const found = kind === 'symbol' ? symbols.find((symbol) => symbol === text) : undefined;
    if (found !== undefined) this.#next += 1;
    return found;
  }

  #expect(symbol: string): void {
    if (this.#take(symbol) === undefined) this.#fail(`"${symbol}"`);
  }

  #fail(wanted: string): never {
    const { text, position } = this.#token;
    throw new SyntaxError(
      `parseExpression: ${wanted} must come at character ${position + 1} of "${this.#text}", but got ${text}`,
    );
  }
}
