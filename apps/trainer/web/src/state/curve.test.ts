import { describe, expect, it } from 'vitest';
import { smooth } from '../../../src/report/curves.ts';
import type { Point } from '../../../src/report/curves.ts';
import { Curve } from './curve.ts';

function curveOf(points: readonly Point[]): Curve {
  const curve = new Curve();
  for (const point of points) curve.push(point);
  return curve;
}

const noisy = (count: number): Point[] =>
  Array.from({ length: count }, (_, i): Point => [i + 1, 3 + 4 * Math.exp(-i / 50) + Math.sin(i * 12.9898)]);

describe('Curve', () => {
  it('is drawn with all of its points while they can be told apart, smoothed as in reports', () => {
    for (const count of [0, 1, 2, 300, 1400]) {
      const points = noisy(count);
      const curve = curveOf(points);
      expect(curve.thinned()).toEqual(points);
      const wanted = smooth(points, Math.ceil(count * 0.02));
      expect(curve.smoothed().map(([x]) => x)).toEqual(wanted.map(([x]) => x));
      for (const [index, [, y]] of curve.smoothed().entries()) expect(y).toBeCloseTo(wanted[index]![1], 9);
    }
  });

  it('keeps the ends and every spike of a long curve, in few points', () => {
    const points = noisy(100_000);
    points[54_321] = [54_322, 99];
    points[54_323] = [54_324, -99];
    const curve = curveOf(points);
    const drawn = curve.thinned();
    expect(drawn.length).toBeLessThan(3000);
    expect(drawn).toEqual(drawn.toSorted(([a], [b]) => a - b));
    for (const kept of [0, 54_321, 54_323, 99_999]) expect(drawn).toContainEqual(points[kept]);
    const wanted = new Map(smooth(points, 2000));
    expect(curve.smoothed().length).toBeGreaterThan(700);
    expect(curve.smoothed().at(-1)![0]).toBe(100_000);
    for (const [x, y] of curve.smoothed()) expect(y).toBeCloseTo(wanted.get(x)!, 6);
  });

  it('goes on from where it was cut off as if it had never been longer', () => {
    const points = noisy(5000);
    const curve = curveOf(points);
    curve.cutFrom(1001);
    expect(curve.last).toEqual(points[999]);
    expect(curve.thinned()).toEqual(points.slice(0, 1000));
    for (const point of points.slice(1000)) curve.push(point);
    expect(curve.thinned()).toEqual(curveOf(points).thinned());
    curve.cutFrom(0);
    expect([curve.last, curve.thinned(), curve.smoothed()]).toEqual([undefined, [], []]);
  });

  it('has the mean of its last points', () => {
    const curve = curveOf([
      [1, 9],
      [2, 1],
      [3, 2],
    ]);
    expect([curve.meanOfLast(2), curve.meanOfLast(100)]).toEqual([1.5, 4]);
    expect(new Curve().meanOfLast(1)).toBeUndefined();
  });
});
