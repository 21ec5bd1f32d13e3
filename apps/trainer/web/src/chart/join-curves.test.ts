import { describe, expect, it } from 'vitest';
import type { Point } from '../../../src/report/curves.ts';
import { joinCurves, valueAt } from './join-curves.ts';

describe('joinCurves', () => {
  it('puts curves with different steps over one x', () => {
    const [x, first, second] = joinCurves([
      [
        [1, 6],
        [2, 5],
        [3, 4],
      ],
      [[2, 5.5]],
    ]);
    expect([...x]).toEqual([1, 2, 3]);
    expect([...first!]).toEqual([6, 5, 4]);
    expect([...second!]).toEqual([undefined, 5.5, undefined]);
  });

  it('keeps the highest and the lowest of a long curve', () => {
    const curve = Array.from({ length: 100_000 }, (_, i): Point => [i, i === 54_321 ? 99 : Math.sin(i)]);
    const [x, y] = joinCurves([curve]);
    expect(x.length).toBeLessThan(4000);
    expect(Math.max(...(y as number[]))).toBe(99);
  });

  it('has columns for curves without points', () => {
    expect(joinCurves([[], []])).toHaveLength(3);
    expect(joinCurves([])).toEqual([[]]);
  });
});

describe('valueAt', () => {
  it('is the value there, or the last before', () => {
    const column = [1, undefined, 3, undefined];
    expect([valueAt(column, 0), valueAt(column, 1), valueAt(column, null)]).toEqual([1, 1, 3]);
    expect(valueAt([undefined], 0)).toBeUndefined();
  });
});
