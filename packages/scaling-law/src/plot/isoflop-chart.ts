import type { IsoflopFit } from '../isoflop/isoflop-fit.ts';
import type { Chart, ChartSeries } from './chart.ts';
import { compactCount } from './compact-number.ts';
import { geometric } from './fit-charts.ts';

/** The runs of each compute budget, their parabola and its lowest point; and the optimal size against compute. */
export function isoflopCharts(fit: IsoflopFit): Chart[] {
  const curves = fit.curves.flatMap(({ flops, points, parabola, optimum }, color): ChartSeries[] => {
    const sizes = [...points.map(({ N }) => N), optimum.N];
    const line = geometric(Math.min(...sizes), Math.max(...sizes));
    return [
      {
        kind: 'line',
        color,
        points: line.map(
          (N) => [N, parabola.minimum + parabola.curvature * (Math.log(N) - parabola.center) ** 2] as const,
        ),
      },
      {
        name: compactCount(flops),
        kind: 'points',
        color,
        points: points.map(({ N, loss }) => [N, loss] as const),
      },
      { kind: 'rings', color, points: [[optimum.N, optimum.loss]] },
    ];
  });
  const flops = fit.curves.map((curve) => curve.flops);
  const line = geometric(Math.min(...flops), Math.max(...flops));
  return [
    {
      title: 'isoFLOP curves (approach 2, biased)',
      x: { label: 'N, parameters', scale: 'log', isCount: true },
      y: { label: 'loss, nats', scale: 'linear' },
      legendTitle: '6ND',
      series: curves,
    },
    {
      title: `optimal size ∝ C^${fit.sizeExponent.toFixed(3)}`,
      x: { label: 'C = 6ND, FLOPs', scale: 'log', isCount: true },
      y: { label: 'N, parameters', scale: 'log', isCount: true },
      series: [
        {
          kind: 'line',
          color: 0,
          points: line.map((C) => [C, fit.sizeCoefficient * C ** fit.sizeExponent] as const),
        },
        {
          kind: 'points',
          color: 0,
          points: fit.curves.map((curve) => [curve.flops, curve.optimum.N] as const),
          titles: fit.curves.map(
            ({ optimum }) => `${compactCount(optimum.N)} parameters, ${compactCount(optimum.D)} tokens`,
          ),
        },
      ],
    },
  ];
}
