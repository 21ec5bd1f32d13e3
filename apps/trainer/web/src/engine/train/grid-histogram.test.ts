import { describe, expect, it } from 'vitest';
import { gridHistogram } from './grid-histogram.ts';

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

describe('gridHistogram', () => {
  it('counts each row in units of its own scale, and rounds to the codes', () => {
    // Both rows are the same on the grid: 6, 3, -1.5 and 0.2, which rounds to 0.
    const values = Float32Array.of(6, 3, -1.5, 0.2, 600, 300, -150, 20);
    const drawn = gridHistogram({ values, rows: 2, cols: 4 }, null);
    const at = (value: number): number => drawn.counts[Math.floor((value - drawn.start) / drawn.binWidth)]!;
    expect([at(5.9), at(3), at(-1.5), at(0.2)]).toEqual([2, 2, 2, 2]);
    expect(sum(drawn.counts)).toBe(8);
    // -6 -4 -3 -2 -1.5 -1 -0.5 0 0.5 1 1.5 2 3 4 6
    expect(drawn.codeCounts).toEqual([0, 0, 0, 0, 2, 0, 0, 2, 0, 0, 0, 0, 2, 0, 2]);
    expect(drawn.thresholds).toBeNull();
    expect(drawn.clippedShare).toBe(0);
  });

  it('draws the tail that clamping cuts off beyond 6, with thresholds in the same units', () => {
    const values = Float32Array.from({ length: 40 }, (_, i) => (i === 39 ? 100 : i === 0 ? -100 : i / 10));
    const drawn = gridHistogram({ values, rows: 1, cols: 40 }, 0.95);
    expect(drawn.thresholds!.high).toBe(6);
    expect(drawn.thresholds!.low).toBeGreaterThan(-6);
    expect(drawn.clippedShare).toBeCloseTo(3 / 40, 5);
    expect(drawn.counts[0]).toBe(1);
    expect(drawn.counts.at(-1)).toBe(1);
    expect(sum(drawn.codeCounts)).toBe(40);
  });

  it('counts a row of zeros in the middle', () => {
    const drawn = gridHistogram({ values: new Float32Array(4), rows: 1, cols: 4 }, null);
    expect(drawn.counts[drawn.counts.length / 2]).toBe(4);
    expect(drawn.codeCounts[7]).toBe(4);
  });
});
