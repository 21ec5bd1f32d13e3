import { absmax, quantize, unpackCodes } from '@nibble-ml/fp4-format';
import { clampOutliers } from '@nibble-ml/occ';
import type { GridHistogram } from '../engine-event.ts';

/** The largest magnitude of E2M1. */
const REACH = 6;
/** The thresholds at which E2M1 rounds are all whole multiples of it, so each bin within the reach rounds to one code. */
const BIN = 0.25;
/** How far the tail is drawn. */
const TAIL = 18;
/** Distinct values of E2M1: both zeros are one. */
const VALUES = 15;

/** A matrix to draw. */
export interface GridMatrix {
  /** float32 `[rows, cols]`. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

/**
 * Counts a matrix on the E2M1 grid, each row in units of its own scale after clamping.
 *
 * @param alpha - Two-sided quantile that rows are clamped to; null clamps nothing.
 */
export function gridHistogram(
  { values, rows, cols }: GridMatrix,
  alpha: number | null,
): Omit<GridHistogram, 'decibels'> {
  const { clamped } = alpha === null ? { clamped: values } : clampOutliers(values, rows, cols, alpha);
  const counts = Array.from({ length: (2 * TAIL) / BIN }, () => 0);
  let [low, high, clipped, drawn] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const inRange = clamped.subarray(row * cols, (row + 1) * cols);
    const largest = absmax(inRange);
    const unit = largest === 0 ? 0 : REACH / largest;
    let [least, most] = [Infinity, -Infinity];
    for (let col = 0; col < cols; col++) {
      const kept = inRange[col]!;
      const value = values[row * cols + col]!;
      least = Math.min(least, kept);
      most = Math.max(most, kept);
      if (value !== kept) clipped++;
      // What is kept lies within the reach, its end included, however its quotient rounds.
      const bins = (value === kept ? REACH : TAIL) / BIN;
      const bin = Math.min(bins - 1, Math.max(-bins, Math.floor((value * unit) / BIN)));
      counts[bin + counts.length / 2]!++;
    }
    if (unit === 0) continue;
    low += least * unit;
    high += most * unit;
    drawn++;
  }
  return {
    start: -TAIL,
    binWidth: BIN,
    counts,
    codeCounts: codeCountsOf({ values: clamped, rows, cols }),
    thresholds: alpha === null || drawn === 0 ? null : { low: low / drawn, high: high / drawn },
    clippedShare: clipped / values.length,
  };
}

/** How many values each code stands for, from -6 to 6. */
function codeCountsOf({ values, rows, cols }: GridMatrix): number[] {
  const { words } = quantize(values, rows, cols, { granularity: 'vector' });
  const counts = Array.from({ length: VALUES }, () => 0);
  for (const code of unpackCodes(words, rows, cols)) {
    const magnitude = code & 7;
    counts[(VALUES - 1) / 2 + (code & 8 ? -magnitude : magnitude)]!++;
  }
  return counts;
}
