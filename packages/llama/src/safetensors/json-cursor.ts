import { quoted } from './safetensors-error.ts';

const WHITESPACE = /[ \t\n\r]*/y;
const COUNT = /(?:0|[1-9]\d*)(?![\d.eE])/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;

/** Depth to which values that nobody reads may nest. */
const MAX_DEPTH = 32;

/** Reads JSON of a known form from front to back, so that nothing is made of what does not have the form. */
export class JsonCursor {
  readonly #text: string;
  readonly #fail: (problem: string) => never;
  #at = 0;

  /** @param fail - throws; called with what was expected where */
  constructor(text: string, fail: (problem: string) => never) {
    this.#text = text;
    this.#fail = fail;
  }

  /** Takes a punctuation mark, if it is next. */
  skip(mark: string): boolean {
    this.#match(WHITESPACE);
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  /** Takes a punctuation mark. */
  expect(mark: string): void {
    if (!this.skip(mark)) this.#expected(JSON.stringify(mark));
  }

  /** Reads an object, calling `member` with each key when the value is next. Keys that come twice are an error. */
  object(member: (key: string) => void): void {
    this.expect('{');
    if (this.skip('}')) return;
    const keys = new Set<string>();
    do {
      const key = this.string();
      if (keys.has(key)) this.#fail(`the key ${quoted(key)} must come once, but comes twice`);
      keys.add(key);
      this.expect(':');
      member(key);
    } while (this.skip(','));
    this.expect('}');
  }

  /** Reads an array of integers of at least 0, written without sign, fraction or exponent. */
  counts(): number[] {
    const counts: number[] = [];
    this.expect('[');
    if (this.skip(']')) return counts;
    do {
      const text = this.#next(COUNT) ?? this.#expected('a count');
      const count = Number(text);
      if (!Number.isSafeInteger(count)) this.#expected('a count below 2^53');
      counts.push(count);
    } while (this.skip(','));
    this.expect(']');
    return counts;
  }

  /** Reads a string. */
  string(): string {
    this.#match(WHITESPACE);
    if (this.#text[this.#at] !== '"') this.#expected('a string');
    const end = this.#closingQuote() + 1;
    try {
      const string = JSON.parse(this.#text.slice(this.#at, end)) as string;
      this.#at = end;
      return string;
    } catch {
      return this.#expected('a string without control characters and unknown escapes');
    }
  }

  /** Skips any value. */
  value(depth = 0): void {
    if (depth > MAX_DEPTH) this.#expected(`at most ${MAX_DEPTH} levels`);
    this.#match(WHITESPACE);
    switch (this.#text[this.#at]) {
      case '{':
        this.object(() => this.value(depth + 1));
        return;
      case '[':
        this.expect('[');
        if (this.skip(']')) return;
        do this.value(depth + 1);
        while (this.skip(','));
        this.expect(']');
        return;
      case '"':
        this.string();
        return;
      default:
        if (this.#next(SCALAR) === undefined) this.#expected('a value');
    }
  }

  /** Makes sure that only white space is left. */
  end(): void {
    this.#match(WHITESPACE);
    if (this.#at < this.#text.length) this.#expected('the end');
  }

  /** Where the string that begins here ends. Not by a pattern: long strings would exhaust its stack. */
  #closingQuote(): number {
    for (let quote = this.#at; ;) {
      quote = this.#text.indexOf('"', quote + 1);
      if (quote < 0) this.#expected('a string that ends');
      let escapes = quote;
      while (this.#text[escapes - 1] === '\\') escapes--;
      if ((quote - escapes) % 2 === 0) return quote;
    }
  }

  #next(pattern: RegExp): string | undefined {
    this.#match(WHITESPACE);
    return this.#match(pattern);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #expected(what: string): never {
    const found = this.#text.slice(this.#at, this.#at + 20);
    return this.#fail(
      `must be JSON of the format, but at character ${this.#at} there is ${found === '' ? 'the end' : JSON.stringify(found)} instead of ${what}`,
    );
  }
}
