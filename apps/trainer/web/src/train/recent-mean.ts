import type { Point } from '../../../src/report/curves.ts';

/** The mean of the last points of a curve; undefined where there is none. */
export function recentMean(points: readonly Point[], most: number): number | undefined {
  const recent = points.slice(-most);
  return recent.length === 0 ? undefined : recent.reduce((sum, [, y]) => sum + y, 0) / recent.length;
}
