import type { FitResult } from '../fit/fit-result.ts';
import { defineLaw } from '../laws/define-law.ts';
import type { ScalingRecord } from '../data/scaling-record.ts';
import { valuesOf } from '../predict/predict-interval.ts';
import type { Chart, ChartSeries } from './chart.ts';
import { compactCount, shortNumber } from './compact-number.ts';
import { contourLines } from './contour-lines.ts';
import { geometric } from './fit-charts.ts';

const LEVELS = 7;
const GRID = 41;

/**
 * Lines of equal loss, or of equal quantization error, over sizes and tokens, with the runs as points. The range is that
 * of the runs and ten times as much either way.
 *
 * @param G - The group size; left out, high precision of a law of the loss.
 */
export function contourChart(fit: FitResult, records: readonly ScalingRecord[], G?: number): Chart {
  const law = defineLaw(fit.definition);
  const values = valuesOf(fit);
  const precision = G === undefined ? 'bf16' : (fit.precision ?? '').split(', ')[0]!;
  const sizes = records.map(({ N }) => N);
  const tokens = records.map(({ D }) => D);
  const x = geometric(Math.min(...sizes) / 3, Math.max(...sizes) * 10, GRID);
  const y = geometric(Math.min(...tokens) / 3, Math.max(...tokens) * 10, GRID);
  const at = (N: number, D: number): number => law.predict(values, { N, D, G, precision });
  const corners = x.flatMap((N) => y.map((D) => at(N, D)));
  const [low, high] = [Math.min(...corners), Math.max(...corners)];
  const levels = Array.from({ length: LEVELS }, (_, i) => low * (high / low) ** ((i + 0.5) / LEVELS)).map(
    (level) => Number(level.toPrecision(3)),
  );
  return {
    title: `${fit.law}: lines of equal ${law.predicts}${G === undefined ? '' : ` at G = ${compactCount(G)} (${precision})`}`,
    x: { label: 'N, parameters', scale: 'log', isCount: true },
    y: { label: 'D, tokens', scale: 'log', isCount: true },
    series: [
      ...[...new Set(levels)].flatMap((level, color) =>
        contourLines(x, y, at, level).map((points): ChartSeries => ({
          kind: 'line',
          color,
          points: points.toSorted((a, b) => a[0] - b[0]),
          endLabel: shortNumber(level),
        })),
      ),
      { name: 'runs', kind: 'points', color: 7, points: records.map(({ N, D }) => [N, D] as const) },
    ],
  };
}
