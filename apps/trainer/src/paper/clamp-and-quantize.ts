import {
  cosineSimilarity,
  dequantize,
  meanSquaredError,
  quantize,
  sqnrDecibels,
} from '@nibble-ml/fp4-format';
import { clampOutliers } from '@nibble-ml/occ';
import type { Matrix } from './capture-operands.ts';

/** What shares a quantile and a scale: a token's row, as in training, or the whole tensor. */
export type Share = 'token' | 'tensor';

/** How activations become FP4; table 1 of arXiv 2501.17116 has one row for each. */
export interface ActivationHandling {
  /** Two-sided quantile to clamp at; null clamps nothing. */
  readonly alpha: number | null;
  /** Whether what was cut off is added back. */
  readonly compensation: boolean;
  readonly share: Share;
}

/** A matrix at each stage: clamped, then quantized and dequantized, then with the residual added back. */
export interface QuantizedStages {
  readonly clamped: Float32Array;
  /** What the products effectively see. */
  readonly result: Float32Array;
  /** Share of the entries that were cut off. */
  readonly density: number;
}

/** Clamps a matrix, quantizes it to E2M1 and adds the residual where asked for (arXiv 2501.17116, section 3.2). */
export function clampAndQuantize(
  { values, rows, cols }: Matrix,
  { alpha, compensation, share }: ActivationHandling,
): QuantizedStages {
  const [groups, size] = share === 'token' ? [rows, cols] : [1, rows * cols];
  const { clamped, width, indices, values: residual } = clampOutliers(values, groups, size, alpha ?? 1);
  const granularity = share === 'token' ? 'vector' : 'tensor';
  const result = dequantize(quantize(clamped, rows, cols, { granularity }));
  let entries = 0;
  for (let slot = 0; slot < residual.length; slot++) {
    if (residual[slot] === 0) continue;
    entries++;
    if (compensation) result[Math.floor(slot / width) * size + indices[slot]!]! += residual[slot]!;
  }
  return { clamped, result, density: entries / values.length };
}

/** How well activations survive, as table 1 of arXiv 2501.17116 has it. */
export interface ActivationFidelity {
  /** Cosine similarity, 0 to 1. */
  readonly cosine: number;
  /** Mean squared error. */
  readonly mse: number;
  /** Signal-to-noise ratio in decibels; the paper does not say how its SNR is defined. */
  readonly snrDecibels: number;
  /** Share of the entries that were cut off. */
  readonly density: number;
}

/** Returns how well a matrix survives a handling. */
export function activationFidelity(matrix: Matrix, handling: ActivationHandling): ActivationFidelity {
  const { result, density } = clampAndQuantize(matrix, handling);
  return {
    cosine: cosineSimilarity(matrix.values, result),
    mse: meanSquaredError(matrix.values, result),
    snrDecibels: sqnrDecibels(matrix.values, result),
    density,
  };
}
