import {
  cosineSimilarity,
  dequantize,
  meanSquaredError,
  quantize,
  sqnrDecibels,
} from '@nibble-ml/fp4-format';
import { clampOutliers } from './clamp-outliers.ts';

/** How well an approximation matches a matrix. */
export interface Fidelity {
  /** Cosine similarity; NaN if either is all zeros. */
  readonly cosine: number;
  /** Mean squared error. */
  readonly mse: number;
  /** Signal-to-quantization-noise ratio in decibels. */
  readonly sqnrDecibels: number;
}

/** The three rows of table 1 of arXiv 2501.17116 for one matrix and one alpha. */
export interface OccStatistics {
  /** Non-zero entries of the residual over all entries of the matrix; near 2(1 - alpha). */
  readonly density: number;
  /** Quantized as it is. */
  readonly direct: Fidelity;
  /** Clamped, then quantized. */
  readonly clamped: Fidelity;
  /** Clamped, quantized, and the residual added back. */
  readonly compensated: Fidelity;
}

/**
 * Returns the density of the residual and the fidelity of direct quantization, of clamping, and of clamping with
 * compensation, for E2M1 with one scale per row (arXiv 2501.17116, table 1; its SNR is not defined there, ours is
 * `sqnrDecibels` of `@nibble-ml/fp4-format`).
 *
 * @param x - float32 `[rows, cols]`, finite.
 * @param alpha - In (0.5, 1].
 * @throws RangeError if alpha is out of range, x does not fill the shape, or x is not finite.
 */
export function occStatistics(x: Float32Array, rows: number, cols: number, alpha: number): OccStatistics {
  const { clamped, width, indices, values } = clampOutliers(x, rows, cols, alpha);
  const direct = fakeQuantizeRows(x, rows, cols);
  const approximation = fakeQuantizeRows(clamped, rows, cols);
  const compensated = approximation.slice();
  let entries = 0;
  for (let slot = 0; slot < values.length; slot++) {
    if (values[slot] === 0) continue;
    entries++;
    compensated[Math.floor(slot / width) * cols + indices[slot]!]! += values[slot]!;
  }
  return {
    density: entries / x.length,
    direct: fidelity(x, direct),
    clamped: fidelity(x, approximation),
    compensated: fidelity(x, compensated),
  };
}

function fakeQuantizeRows(x: Float32Array, rows: number, cols: number): Float32Array {
  return dequantize(quantize(x, rows, cols, { granularity: 'vector' }));
}

function fidelity(x: Float32Array, y: Float32Array): Fidelity {
  return {
    cosine: cosineSimilarity(x, y),
    mse: meanSquaredError(x, y),
    sqnrDecibels: sqnrDecibels(x, y),
  };
}
