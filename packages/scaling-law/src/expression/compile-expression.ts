import type { Expression, FunctionName, NameExpression } from './expression.ts';
import {
  constantNode,
  exponentialNode,
  maskedNode,
  powerNode,
  productNode,
  quotientNode,
  sumNode,
  unaryNode,
} from './tape.ts';
import type { TapeNode, UnaryFunction } from './tape.ts';

/** What the names of a formula stand for, at a number of observations. */
export interface Bindings {
  /** Number of observations. */
  readonly count: number;
  /** 1 where the run is quantized. */
  readonly quantized: Uint8Array;
  /** Known values: one number for all observations, or one for each. */
  constant(name: string): Float64Array | undefined;
  /** Index of a parameter: one for all observations, or one for each where it has levels. */
  parameter(name: NameExpression): number | Uint16Array;
}

const UNARY: Readonly<Record<Exclude<FunctionName, 'exp' | 'quantized'>, UnaryFunction>> = {
  log: { value: Math.log, slope: (x) => 1 / x },
  log2: { value: Math.log2, slope: (x) => Math.LOG2E / x },
  sqrt: { value: Math.sqrt, slope: (_, value) => 0.5 / value },
};

const NEGATION: UnaryFunction = { value: (x) => -x, slope: () => -1 };

/**
 * A formula made ready for many evaluations at the same observations: a tape of whole-array steps, run forward for the
 * values and backward for the derivatives (reverse-mode differentiation), which are therefore exact to rounding. Parts
 * without parameters are computed once.
 */
export class CompiledExpression {
  /** float64 `[observations]`: the values, after {@link evaluate}. */
  readonly values: Float64Array;
  readonly #tape: TapeNode[] = [];
  readonly #leaves = new Map<string, { node: TapeNode; index: number | Uint16Array }>();
  readonly #bindings: Bindings;
  readonly #result: TapeNode;

  constructor(expression: Expression, bindings: Bindings) {
    this.#bindings = bindings;
    this.#result = this.#compile(expression);
    this.values =
      this.#result.stride === 1
        ? this.#result.value
        : new Float64Array(bindings.count).fill(this.#result.value[0]!);
  }

  /** Computes the values for these parameters, float64 in the order of the bindings. */
  evaluate(parameters: Float64Array): void {
    for (const { node, index } of this.#leaves.values()) {
      const { value } = node;
      if (typeof index === 'number') value[0] = parameters[index]!;
      else for (let i = 0; i < value.length; i++) value[i] = parameters[index[i]!]!;
    }
    for (const node of this.#tape) node.forward();
    if (this.#result.stride === 0) this.values.fill(this.#result.value[0]!);
  }

  /**
   * Adds `Σ_i seed_i · ∂value_i/∂parameter` to each parameter's entry of `gradient`, at the parameters of the last
   * {@link evaluate}. `seed` is float64 `[observations]`, `gradient` float64 `[parameters]`.
   */
  addGradient(seed: Float64Array, gradient: Float64Array): void {
    this.#backward(seed);
    for (const { node, index } of this.#leaves.values()) {
      const adjoint = node.adjoint!;
      if (typeof index === 'number') {
        let sum = 0;
        for (let i = 0; i < adjoint.length; i++) sum += adjoint[i]!;
        gradient[index]! += sum;
      } else {
        for (let i = 0; i < adjoint.length; i++) gradient[index[i]!]! += adjoint[i]!;
      }
    }
  }

  /** The derivative of every value by every parameter: for each parameter a column, float64 `[observations]`. */
  jacobian(parameterCount: number): Float64Array[] {
    const { count } = this.#bindings;
    const columns = Array.from({ length: parameterCount }, () => new Float64Array(count));
    this.#backward(new Float64Array(count).fill(1));
    for (const { node, index } of this.#leaves.values()) {
      const adjoint = node.adjoint!;
      for (let i = 0; i < count; i++) {
        columns[typeof index === 'number' ? index : index[i]!]![i]! += adjoint[i]!;
      }
    }
    return columns;
  }

  #backward(seed: Float64Array): void {
    if (this.#result.adjoint === undefined) return;
    for (const { node } of this.#leaves.values()) node.adjoint!.fill(0);
    for (const node of this.#tape) node.adjoint!.fill(0);
    const { adjoint } = this.#result;
    for (let i = 0; i < seed.length; i++) adjoint[i]! += seed[i]!;
    for (let k = this.#tape.length - 1; k >= 0; k--) this.#tape[k]!.backward();
  }

  #compile(expression: Expression): TapeNode {
    switch (expression.kind) {
      case 'number':
        return constantNode(Float64Array.of(expression.value));
      case 'name':
        return this.#name(expression);
      case 'negate':
        return this.#record(unaryNode(this.#compile(expression.operand), this.#bindings.count, NEGATION));
      case 'call':
        return this.#record(this.#call(expression.function, this.#compile(expression.operand)));
      case 'binary':
        return this.#binary(expression);
    }
  }

  #name(name: NameExpression): TapeNode {
    const bindings = this.#bindings;
    const known = bindings.constant(name.name);
    if (known !== undefined) return constantNode(known);
    const existing = this.#leaves.get(name.name);
    if (existing !== undefined) return existing.node;
    const index = bindings.parameter(name);
    const node: TapeNode = {
      ...constantNode(new Float64Array(typeof index === 'number' ? 1 : bindings.count)),
      stride: typeof index === 'number' ? 0 : 1,
      adjoint: new Float64Array(bindings.count),
    };
    this.#leaves.set(name.name, { node, index });
    return node;
  }

  #call(name: FunctionName, operand: TapeNode): TapeNode {
    const { count, quantized } = this.#bindings;
    if (name === 'quantized') return maskedNode(operand, quantized);
    return name === 'exp' ? exponentialNode(operand, count) : unaryNode(operand, count, UNARY[name]);
  }

  #binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): TapeNode {
    const { count } = this.#bindings;
    const [a, b] = [this.#compile(left), this.#compile(right)];
    switch (operator) {
      case '+':
        return this.#record(sumNode(a, b, count, 1));
      case '-':
        return this.#record(sumNode(a, b, count, -1));
      case '*':
        return this.#record(productNode(a, b, count));
      case '/':
        return this.#record(quotientNode(a, b, count));
      case '^':
        return this.#power(a, b);
    }
  }

  /** A power of data is an exponential of their logarithm, which is then known beforehand. */
  #power(base: TapeNode, exponent: TapeNode): TapeNode {
    const { count } = this.#bindings;
    const isPositiveData = base.adjoint === undefined && base.value.every((value) => value > 0);
    if (!isPositiveData) return this.#record(powerNode(base, exponent, count));
    const log = constantNode(base.value.map(Math.log));
    return this.#record(exponentialNode(this.#record(productNode(log, exponent, count)), count));
  }

  /** Puts a step on the tape, or computes it at once where it has no parameter below. */
  #record(node: TapeNode): TapeNode {
    if (node.adjoint === undefined) {
      node.forward();
      return constantNode(node.stride === 0 ? node.value.slice(0, 1) : node.value);
    }
    this.#tape.push(node);
    return node;
  }
}
