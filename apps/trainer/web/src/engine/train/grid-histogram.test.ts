import { describe, expect, it } from 'vitest';
import { gridHistogram } from './grid-histogram.ts';

const rows = 4;
const cols = 200;
// Rows of different sizes, each with one value far out.
const values = Float32Array.from({ length: rows * cols }, (_, i) =>
  i % cols === 7 ? 40 * (1 + Math.floor(i / cols)) : Math.sin(i * 1.7) * (1 + Math.floor(i / cols)),
);

/** Values in bins that lie beyond -6 and 6. */
function beyond({ start, binWidth, counts }: ReturnType<typeof gridHistogram>): number {
  return counts.reduce((sum, count, bin) => {
    const from = start + bin * binWidth;
    return from >= 6 || from + binWidth <= -6 ? sum + count : sum;
  }, 0);
}

describe('gridHistogram', () => {
  it('has nothing beyond the grid where nothing is clamped, also not the largest value of a row', () => {
    const histogram = gridHistogram({ values, rows, cols }, null);
    expect(beyond(histogram)).toBe(0);
    expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
    expect([histogram.thresholds, histogram.clippedShare]).toEqual([null, 0]);
  });

  it('has what clamping cuts off beyond it, and where', () => {
    const histogram = gridHistogram({ values, rows, cols }, 0.99);
    // One of a hundred on either side; above, where the largest values are, they lie beyond 6.
    expect(beyond(histogram)).toBe((rows * cols) / 100);
    expect(histogram.clippedShare).toBeGreaterThan(0.01);
    expect(histogram.clippedShare).toBeLessThanOrEqual(0.02);
    expect(Math.max(-histogram.thresholds!.low, histogram.thresholds!.high)).toBeCloseTo(6, 1);
    expect(histogram.codeCounts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
  });
});
