import { absmax } from '@nibble-ml/fp4-format';

/** The largest magnitude of E2M1: a channel's largest weight lies there. */
export const HISTOGRAM_REACH = 6;
/** The thresholds at which E2M1 rounds are all whole multiples of it, so each bin rounds to one code. */
export const HISTOGRAM_BIN = 0.25;
/** Bins from -6 to 6. */
const HISTOGRAM_BINS = (2 * HISTOGRAM_REACH) / HISTOGRAM_BIN;

/**
 * Counts weights `[rows, cols]` in 48 bins of equal width, from -6 to 6, in units of their row's
 * largest magnitude over 6: the scale that a row (output channel) has in E2M1. The unit is the same for every recipe, so
 * that histograms of different recipes can be compared. A bin holds its lower edge; the last one its upper too.
 *
 * @returns the counts; rows of zeros count in the bin above 0
 */
export function weightHistogram(values: Float32Array, rows: number, cols: number): number[] {
  const counts = Array.from({ length: HISTOGRAM_BINS }, () => 0);
  for (let row = 0; row < rows; row++) {
    const weights = values.subarray(row * cols, (row + 1) * cols);
    const largest = absmax(weights);
    const perBin = largest === 0 ? 0 : HISTOGRAM_REACH / HISTOGRAM_BIN / largest;
    for (const weight of weights) {
      const bin = Math.floor(weight * perBin) + HISTOGRAM_BINS / 2;
      counts[Math.min(HISTOGRAM_BINS - 1, Math.max(0, bin))]!++;
    }
  }
  return counts;
}
