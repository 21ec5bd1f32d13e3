/**
 * One step of a formula's evaluation at all observations at once. A value that is the same at all of them is stored
 * once (`stride` 0). The adjoint, the derivative of the result by this value, always has one entry for each. Where it
 * is 0, as at masked observations, nothing is added to the operands': they may be infinite there, and 0 times that is
 * not 0.
 */
export interface TapeNode {
  readonly value: Float64Array;
  readonly stride: 0 | 1;
  /** Absent where no parameter is below. */
  readonly adjoint: Float64Array | undefined;
  /** Computes the value from the operands'. */
  forward(): void;
  /** Adds this node's share to the operands' adjoints. */
  backward(): void;
}

const nothing = (): void => {};

/** A value that never changes. */
export function constantNode(value: Float64Array): TapeNode {
  return {
    value,
    stride: value.length === 1 ? 0 : 1,
    adjoint: undefined,
    forward: nothing,
    backward: nothing,
  };
}

/** Value and derivatives of a function of one number. */
export interface UnaryFunction {
  readonly value: (x: number) => number;
  /** The derivative, from the argument and the value. */
  readonly slope: (x: number, value: number) => number;
}

/** A function of one operand. */
export function unaryNode(operand: TapeNode, count: number, { value: f, slope }: UnaryFunction): TapeNode {
  const { value: x, stride, adjoint: dx } = operand;
  const value = new Float64Array(x.length);
  const adjoint = dx && new Float64Array(count);
  return {
    value,
    stride,
    adjoint,
    forward(): void {
      for (let i = 0; i < value.length; i++) value[i] = f(x[i]!);
    },
    backward(): void {
      for (let i = 0; i < count; i++) {
        const adjointHere = adjoint![i]!;
        if (adjointHere !== 0) dx![i]! += adjointHere * slope(x[i * stride]!, value[i * stride]!);
      }
    },
  };
}

/** `exp`, apart from the other functions because most of the time goes into it. */
export function exponentialNode(operand: TapeNode, count: number): TapeNode {
  const { value: x, stride, adjoint: dx } = operand;
  const value = new Float64Array(x.length);
  const adjoint = dx && new Float64Array(count);
  return {
    value,
    stride,
    adjoint,
    forward(): void {
      for (let i = 0; i < value.length; i++) value[i] = Math.exp(x[i]!);
    },
    backward(): void {
      for (let i = 0; i < count; i++) {
        const adjointHere = adjoint![i]!;
        if (adjointHere !== 0) dx![i]! += adjointHere * value[i * stride]!;
      }
    },
  };
}

/** `left + sign · right`. */
export function sumNode(left: TapeNode, right: TapeNode, count: number, sign: 1 | -1): TapeNode {
  const { value: a, stride: s, adjoint: da } = left;
  const { value: b, stride: t, adjoint: db } = right;
  const { value, stride, adjoint } = resultOf(left, right, count);
  return {
    value,
    stride,
    adjoint,
    forward(): void {
      for (let i = 0; i < value.length; i++) value[i] = a[i * s]! + sign * b[i * t]!;
    },
    backward(): void {
      if (da) for (let i = 0; i < count; i++) da[i]! += adjoint![i]!;
      if (db) for (let i = 0; i < count; i++) db[i]! += sign * adjoint![i]!;
    },
  };
}

/** `left · right`. */
export function productNode(left: TapeNode, right: TapeNode, count: number): TapeNode {
  const { value: a, stride: s, adjoint: da } = left;
  const { value: b, stride: t, adjoint: db } = right;
  const { value, stride, adjoint } = resultOf(left, right, count);
  return {
    value,
    stride,
    adjoint,
    forward(): void {
      for (let i = 0; i < value.length; i++) value[i] = a[i * s]! * b[i * t]!;
    },
    backward(): void {
      for (let i = 0; i < count; i++) {
        const adjointHere = adjoint![i]!;
        if (adjointHere === 0) continue;
        if (da) da[i]! += adjointHere * b[i * t]!;
        if (db) db[i]! += adjointHere * a[i * s]!;
      }
    },
  };
}

/** `left / right`. */
export function quotientNode(left: TapeNode, right: TapeNode, count: number): TapeNode {
  const { value: a, stride: s, adjoint: da } = left;
  const { value: b, stride: t, adjoint: db } = right;
  const { value, stride, adjoint } = resultOf(left, right, count);
  return {
    value,
    stride,
    adjoint,
    forward(): void {
      for (let i = 0; i < value.length; i++) value[i] = a[i * s]! / b[i * t]!;
    },
    backward(): void {
      for (let i = 0; i < count; i++) {
        const adjointHere = adjoint![i]!;
        if (adjointHere === 0) continue;
        if (da) da[i]! += adjointHere / b[i * t]!;
        if (db) db[i]! -= (adjointHere * value[i * stride]!) / b[i * t]!;
      }
    },
  };
}

/** `left ^ right`, for a base that is not known to be positive beforehand. */
export function powerNode(left: TapeNode, right: TapeNode, count: number): TapeNode {
  const { value: a, stride: s, adjoint: da } = left;
  const { value: b, stride: t, adjoint: db } = right;
  const { value, stride, adjoint } = resultOf(left, right, count);
  return {
    value,
    stride,
    adjoint,
    forward(): void {
      for (let i = 0; i < value.length; i++) value[i] = a[i * s]! ** b[i * t]!;
    },
    backward(): void {
      for (let i = 0; i < count; i++) {
        const adjointHere = adjoint![i]!;
        if (adjointHere === 0) continue;
        const [base, exponent] = [a[i * s]!, b[i * t]!];
        if (da) da[i]! += adjointHere * exponent * base ** (exponent - 1);
        if (db) db[i]! += adjointHere * value[i * stride]! * Math.log(base);
      }
    },
  };
}

/** `operand` where the mask is 1, and 0 where it is 0, whatever the operand is there. */
export function maskedNode(operand: TapeNode, mask: Uint8Array): TapeNode {
  const { value: x, stride, adjoint: dx } = operand;
  const count = mask.length;
  const value = new Float64Array(count);
  const adjoint = dx && new Float64Array(count);
  return {
    value,
    stride: 1,
    adjoint,
    forward(): void {
      for (let i = 0; i < count; i++) value[i] = mask[i] === 1 ? x[i * stride]! : 0;
    },
    backward(): void {
      for (let i = 0; i < count; i++) if (mask[i] === 1) dx![i]! += adjoint![i]!;
    },
  };
}

function resultOf(
  left: TapeNode,
  right: TapeNode,
  count: number,
): { value: Float64Array; stride: 0 | 1; adjoint: Float64Array | undefined } {
  const stride = left.stride === 1 || right.stride === 1 ? 1 : 0;
  return {
    value: new Float64Array(stride === 1 ? count : 1),
    stride,
    adjoint: left.adjoint || right.adjoint ? new Float64Array(count) : undefined,
  };
}
