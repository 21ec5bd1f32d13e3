import uPlot from 'uplot';
import { thin } from '../../../src/report/curves.ts';
import type { Point } from '../../../src/report/curves.ts';

/** More columns than a screen has pixels cannot be told apart. */
const BUCKETS = 1500;

/**
 * The columns of a plot of several curves, each with an x of its own. Where a curve has no value at an x of another one,
 * its column has `undefined` there, over which its line goes on.
 */
export function joinCurves(curves: readonly (readonly Point[])[]): uPlot.AlignedData {
  if (curves.length === 0) return [[]];
  return uPlot.join(
    curves.map((curve) => {
      const points = thin(curve, BUCKETS);
      return [points.map(([x]) => x), points.map(([, y]) => y)];
    }),
  );
}

/** The value of a column at an index, or the last one before; at null, the last of all. */
export function valueAt(column: uPlot.AlignedData[number], index: number | null): number | undefined {
  for (let i = Math.min(index ?? Infinity, column.length - 1); i >= 0; i--) {
    const value = column[i];
    if (value !== null && value !== undefined) return value;
  }
  return undefined;
}
