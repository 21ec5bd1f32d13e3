import { dgeDerivative, dgeSurrogate } from '@nibble-ml/dge';
import { E2M1, round } from '@nibble-ml/fp4-format';
import type { Point } from '../../../apps/trainer/src/report/curves.ts';
import { chartSvg } from '../../../apps/trainer/src/report/chart-svg.ts';
import { linePanel } from '../../../apps/trainer/src/report/line-chart.ts';

const WIDTH = 720;
const ks = [3, 5, 10] as const;
const xs = Array.from({ length: 601 }, (_, i) => i / 100);

/** Returns the picture of the differentiable gradient estimator: f beside the staircase it stands for, and its f'. */
export function gradientEstimator(): string {
  return chartSvg('The surrogate of rounding to E2M1 for k = 3, 5 and 10, and its clipped derivative', [
    linePanel({
      title: 'f: a smooth stand-in for rounding',
      unit: 'the positive half of E2M1',
      xLabel: 'w / scale',
      series: [
        { name: 'rounding', points: curve((x) => round(E2M1, x)), color: 5, mark: 'line' },
        ...ks.map((k, i) => ({
          name: `k = ${k}`,
          points: curve((x) => dgeSurrogate(x, { k })),
          color: i,
          mark: 'line' as const,
        })),
      ],
      width: WIDTH,
      height: 300,
    }),
    linePanel({
      title: "f': what the weight gradient is multiplied by",
      unit: 'clipped at 3; straight-through would be 1 everywhere',
      xLabel: 'w / scale',
      series: ks.map((k, i) => ({
        name: `k = ${k}`,
        points: curve((x) => dgeDerivative(x, { k })),
        color: i,
        mark: 'line',
      })),
      references: [{ name: 'straight-through', y: 1 }],
      fromZero: true,
      width: WIDTH,
      height: 260,
    }),
  ]);
}

function curve(f: (x: number) => number): Point[] {
  return xs.map((x) => [x, f(x)]);
}
