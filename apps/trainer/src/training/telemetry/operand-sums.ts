import {
  cast,
  concat,
  fill,
  notEqual,
  range,
  reshape,
  scatterND,
  square,
  stack,
  sub,
  sum,
  tile,
} from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { SparseRows } from '@nibble-ml/occ';
import type { ForwardOperands, RoundedOperand } from '@nibble-ml/recipes';

/** Sums over each row of the operands of a layer, on the device. */
export interface OperandSums {
  /** float32 `[4 or fewer rows of sums]`, see {@link readSums}. */
  readonly packed: Tensor1D;
  readonly tokens: number;
  readonly channels: number;
}

/**
 * Squares of both operands and of their errors, summed over each row, and the number of activations that were cut off:
 * one tensor for one read. Rows are summed on the device, where the operands are, and the rows' sums in float64.
 */
export function operandSums({ activations, weights, residual, isCompensated }: ForwardOperands): OperandSums {
  const [tokens] = activations.exact.shape;
  const [channels] = weights.exact.shape;
  const added = residual !== null && isCompensated ? dense(residual, activations.exact.shape[1]) : null;
  const packed = concat([
    ...errorOf(activations, added),
    ...errorOf(weights, null),
    residual === null ? fill([tokens], 0) : sum<Tensor1D>(cast(notEqual(residual.values, 0), 'float32'), 1),
  ]) as Tensor1D;
  return { packed, tokens, channels };
}

/** What a layer's sums come to. */
export interface SumsRead {
  readonly weightsDecibels: number | null;
  readonly activationsDecibels: number | null;
  /** Activations that were cut off. */
  readonly outliers: number;
}

/** Reads back what {@link operandSums} packed. */
export function readSums(packed: Float32Array, { tokens, channels }: Omit<OperandSums, 'packed'>): SumsRead {
  let at = 0;
  const next = (count: number): number => {
    let total = 0;
    for (const end = at + count; at < end; at++) total += packed[at]!;
    return total;
  };
  const activations = [next(tokens), next(tokens)] as const;
  const weights = [next(channels), next(channels)] as const;
  return {
    activationsDecibels: decibels(...activations),
    weightsDecibels: decibels(...weights),
    outliers: next(tokens),
  };
}

/** Null where nothing was changed, or there was nothing to change. */
function decibels(signal: number, noise: number): number | null {
  return noise === 0 || signal === 0 ? null : 10 * Math.log10(signal / noise);
}

function errorOf({ exact, rounded }: RoundedOperand, added: Tensor2D | null): Tensor1D[] {
  const error = added === null ? sub(exact, rounded) : sub(sub(exact, rounded), added);
  return [sum<Tensor1D>(square(exact), 1), sum<Tensor1D>(square(error), 1)];
}

/** Sparse rows as a matrix `[rows, cols]`; unused slots add 0 to column 0. */
function dense({ rows, width, indices, values }: SparseRows, cols: number): Tensor2D {
  const row = tile(reshape(range(0, rows, 1, 'int32'), [rows, 1]), [1, width]);
  return scatterND(reshape(stack([row, indices], 2), [rows * width, 2]), reshape(values, [rows * width]), [
    rows,
    cols,
  ]);
}
