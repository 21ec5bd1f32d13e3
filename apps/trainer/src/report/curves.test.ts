import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curvesOf, smooth, thin, type Point } from './curves.ts';

describe('curvesOf', () => {
  it('sorts the numbers of the metrics into curves over the step', () => {
    const curves = curvesOf('run', [
      { type: 'start', parameters: 5 },
      { type: 'step', step: 1, loss: 6, learningRate: 1e-3, gradNorm: 2, tokensPerSecond: 900 },
      { type: 'evaluation', step: 1, valLoss: 6.1 },
    ]);
    expect(curves).toEqual({
      name: 'run',
      loss: [[1, 6]],
      learningRate: [[1, 1e-3]],
      gradNorm: [[1, 2]],
      tokensPerSecond: [[1, 900]],
      valLoss: [[1, 6.1]],
    });
  });
});

describe('smooth', () => {
  it('averages the neighbours on both sides, fewer at the start and in front of the end', () => {
    const points: Point[] = [0, 9, 0, 9, 0, 30].map((y, x) => [x, y]);
    expect(smooth(points, 1).map(([, y]) => y)).toEqual([0, 3, 6, 3, 13, 15]);
    expect(smooth(points, 2).map(([, y]) => y)).toEqual([0, 3, 3.6, 9.6, 9.75, 13]);
  });

  it('leaves a straight line where it is: it does not lag', () => {
    const line: Point[] = Array.from({ length: 50 }, (_, x) => [x, 7 - 0.125 * x]);
    expect(smooth(line, 10).slice(0, 40)).toEqual(line.slice(0, 40));
    expect(smooth([], 3)).toEqual([]);
  });
});

describe('thin', () => {
  it('keeps the ends, every extreme and the order, in bounded size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1, maxLength: 500 }),
        fc.integer({ min: 1, max: 40 }),
        (ys, buckets) => {
          const points: Point[] = ys.map((y, x) => [x, y]);
          const thinned = thin(points, buckets);
          expect(thinned.length).toBeLessThanOrEqual(2 * buckets + 2);
          expect([thinned[0], thinned.at(-1)]).toEqual([points[0], points.at(-1)]);
          const extremes = (some: readonly Point[]): number[] => [
            Math.min(...some.map(([, y]) => y)),
            Math.max(...some.map(([, y]) => y)),
          ];
          expect(extremes(thinned)).toEqual(extremes(points));
          expect(thinned).toEqual(thinned.toSorted((a, b) => a[0] - b[0]));
        },
      ),
      { seed: 1 },
    );
  });
});
