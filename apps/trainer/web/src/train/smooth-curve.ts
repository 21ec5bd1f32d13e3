import { smooth } from '../../../src/report/curves.ts';
import type { Point } from '../../../src/report/curves.ts';

/** Share of the steps on either side that is averaged, as in reports. */
const SMOOTHING = 0.02;

/** A curve without its noise. */
export function smoothCurve(points: readonly Point[]): Point[] {
  return smooth(points, Math.ceil(points.length * SMOOTHING));
}
