import {
  cosineSimilarity,
  dequantize,
  meanSquaredError,
  quantize,
  sqnrDecibels,
} from '@nibble-ml/fp4-format';
import { clampOutliers } from './clamp-outliers.ts';
import { roundRowsE4m3 } from './round-rows-e4m3/reference.ts';

/** How well an approximation y matches a matrix x: the columns of table 1. */
export interface Fidelity {
  /** Cosine similarity, x·y / (‖x‖‖y‖), of all elements; NaN if either is all zeros. */
  readonly cosine: number;
  /** Mean squared error, in the units of x squared: only matrices of one scale can be compared by it. */
  readonly mse: number;
  /** Signal-to-quantization-noise ratio in decibels, 10·log10(Σx² / Σ(x - y)²); infinite if y is x, NaN if both are zero. */
  readonly sqnrDecibels: number;
}

/** The rows of table 1 of arXiv 2501.17116 for one matrix and one alpha. */
export interface OccStatistics {
  /** Non-zero entries of the residual over all entries of the matrix; near 2(1 - alpha). */
  readonly density: number;
  /** Quantized as it is. */
  readonly direct: Fidelity;
  /** Clamped, then quantized. */
  readonly clamped: Fidelity;
  /** Clamped, quantized, and the residual added back. */
  readonly compensated: Fidelity;
  /** The same with the residual in FP8: compensation `'e4m3'`. */
  readonly compensatedE4m3: Fidelity;
}

/** Options of {@link occStatistics}. */
export interface OccStatisticsOptions {
  /** Of what the quantile is taken: each token's row, as `occQuantize` does, or the tensor, as `occQuantizeTensor`. Default `'token'`. */
  readonly quantile?: 'token' | 'tensor';
  /** One scale for each row, or one in all. Default `'vector'`. */
  readonly granularity?: 'vector' | 'tensor';
}

/**
 * Returns the density of the residual and the fidelity of direct quantization, of clamping, and of clamping with
 * compensation in either precision, for E2M1 (arXiv 2501.17116, table 1).
 *
 * The paper averages cosine similarity, MSE and SNR over the activation tensors of a model and defines none of them. That its
 * SNR is in decibels shows in its first row: noise of 8.31 dB that is orthogonal to what was quantized leaves a cosine of
 * √(1 - 10^-0.831) = 92.3 %, and 92.19 % is printed.
 *
 * @param x - float32 `[rows, cols]`, finite.
 * @param alpha - In (0.5, 1].
 * @throws RangeError if alpha is out of range, x does not fill the shape, or x is not finite.
 * @throws TypeError if an option is unknown.
 */
export function occStatistics(
  x: Float32Array,
  rows: number,
  cols: number,
  alpha: number,
  { quantile = 'token', granularity = 'vector' }: OccStatisticsOptions = {},
): OccStatistics {
  if (quantile !== 'token' && quantile !== 'tensor') {
    throw new TypeError(`occStatistics: quantile must be token or tensor, but got ${String(quantile)}`);
  }
  const isTensor = quantile === 'tensor';
  const { clamped, residual, density } = split(x, isTensor ? 1 : rows, isTensor ? rows * cols : cols, alpha);
  const direct = dequantize(quantize(x, rows, cols, { granularity }));
  const approximation = dequantize(quantize(clamped, rows, cols, { granularity }));
  return {
    density,
    direct: fidelity(x, direct),
    clamped: fidelity(x, approximation),
    compensated: fidelity(x, sum(approximation, residual)),
    compensatedE4m3: fidelity(x, sum(approximation, roundRowsE4m3(residual, rows, cols))),
  };
}

/** The clamped part and the dense residual. */
function split(
  x: Float32Array,
  rows: number,
  cols: number,
  alpha: number,
): { clamped: Float32Array; residual: Float32Array; density: number } {
  const { clamped, width, indices, values } = clampOutliers(x, rows, cols, alpha);
  const residual = new Float32Array(x.length);
  let entries = 0;
  for (let slot = 0; slot < values.length; slot++) {
    if (values[slot] === 0) continue;
    entries++;
    residual[Math.floor(slot / width) * cols + indices[slot]!] = values[slot]!;
  }
  return { clamped, residual, density: entries / x.length };
}

function sum(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value + b[i]!);
}

function fidelity(x: Float32Array, y: Float32Array): Fidelity {
  return {
    cosine: cosineSimilarity(x, y),
    mse: meanSquaredError(x, y),
    sqnrDecibels: sqnrDecibels(x, y),
  };
}
