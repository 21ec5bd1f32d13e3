import { MIN_AMAX } from '@nibble-ml/fp4-format';
import { orderKey } from './order-key.ts';
import { quantileRanks } from './quantile-ranks.ts';
import type { QuantileRanks } from './quantile-ranks.ts';

/** A matrix split into a clamped part and what was cut off. */
export interface ClampedOutliers {
  /** float32 `[rows, cols]`, each row within its thresholds. */
  readonly clamped: Float32Array;
  /** Slots in each row of the residual. */
  readonly width: number;
  /** Columns `[rows, width]`, ascending; 0 in unused slots. */
  readonly indices: Int32Array;
  /** x - clamped at those columns, float32 `[rows, width]`, never 0 in used slots; 0 in unused slots. */
  readonly values: Float32Array;
}

const INFINITY_BITS = 0x7f800000;

/**
 * Clamps each row of a matrix to its two-sided quantile and returns the residual as fixed-width sparse rows
 * (arXiv 2501.17116, equation 9, with the quantile of {@link quantileRanks}).
 *
 * Order is decided on bits, -0 below 0, so every backend selects the same thresholds. A residual is the float32
 * difference of x and the threshold, where magnitudes below 2^-100 count as 0, so that it is never subnormal. A row
 * that holds a NaN or infinity is left as it is, without residual.
 *
 * @param x - float32 `[rows, cols]`.
 * @param alpha - In (0.5, 1].
 * @throws RangeError if alpha is out of range or x does not fill the shape.
 */
export function clampOutliers(x: Float32Array, rows: number, cols: number, alpha: number): ClampedOutliers {
  if (x.length !== rows * cols) {
    throw new RangeError(
      `clampOutliers: x must have length ${rows * cols} for shape [${rows}, ${cols}], but got ${x.length}`,
    );
  }
  return clampToRanks(x, rows, cols, quantileRanks(alpha, cols));
}

/** {@link clampOutliers} with given ranks, without checks. */
export function clampToRanks(
  x: Float32Array,
  rows: number,
  cols: number,
  { lower, upper }: QuantileRanks,
): ClampedOutliers {
  const width = lower + Math.max(0, cols - 1 - upper);
  const clamped = x.slice();
  const indices = new Int32Array(rows * width);
  const values = new Float32Array(rows * width);
  if (width === 0) return { clamped, width, indices, values };

  const keys = new Int32Array(clamped.buffer).map(orderKey);
  for (let row = 0; row < rows; row++) {
    const sorted = keys.subarray(row * cols, (row + 1) * cols).toSorted();
    if (sorted[0]! <= orderKey(INFINITY_BITS | 0x80000000) || sorted[cols - 1]! >= INFINITY_BITS) continue;
    const lowerKey = sorted[lower]!;
    const upperKey = sorted[upper]!;
    let slot = row * width;
    for (let col = 0; col < cols; col++) {
      const i = row * cols + col;
      const key = keys[i]!;
      if (key >= lowerKey && key <= upperKey) continue;
      clamped[i] = floatOfKey(key < lowerKey ? lowerKey : upperKey);
      const value = flush(x[i]!) - flush(clamped[i]);
      if (value === 0) continue;
      indices[slot] = col;
      values[slot] = value;
      slot++;
    }
  }
  return { clamped, width, indices, values };
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

function floatOfKey(key: number): number {
  bits[0] = orderKey(key);
  return float[0]!;
}

function flush(value: number): number {
  return Math.abs(value) < MIN_AMAX ? 0 : value;
}
