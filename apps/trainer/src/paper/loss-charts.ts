import { barPanel } from '../report/bar-chart.ts';
import type { Bar } from '../report/bar-chart.ts';
import type { ChartPanel } from '../report/chart-panel.ts';
import { smooth } from '../report/curves.ts';
import type { Point } from '../report/curves.ts';
import { linePanel } from '../report/line-chart.ts';
import type { ArmResults, LossRow } from './loss-table.ts';
import { mean } from './stats/sample-moments.ts';
import { intervalInWords } from './words.ts';

/** A curve of one arm. */
export interface ArmCurve {
  readonly results: ArmResults;
  readonly points: readonly Point[];
}

/** Share of the steps on either side that a smoothed loss averages. */
const SMOOTHING = 0.02;
/** The beginning, where all curves fall together, is left out of the curves of gaps. */
const GAPS_FROM = 0.1;
const WIDTH = 720;

/** Training loss over tokens of each arm: the mean over its seeds, then a centred moving average. */
export function lossCurves(arms: readonly ArmResults[]): ArmCurve[] {
  return arms.map((results) => ({ results, points: smoothed(meanCurve(results)) }));
}

/**
 * Training loss above the first arm in percent, over tokens. At each step both saw the same batch, so that the
 * difference is far steadier than either loss.
 */
function gapCurves(arms: readonly ArmResults[]): ArmCurve[] {
  const base = new Map(meanCurve(arms[0]!));
  return arms.slice(1).map((results) => {
    const points = meanCurve(results).flatMap(([tokens, loss]): Point[] => {
      const reference = base.get(tokens);
      return reference === undefined ? [] : [[tokens, (100 * (loss - reference)) / reference]];
    });
    const shown = smoothed(points);
    return { results, points: shown.slice(Math.floor(GAPS_FROM * shown.length)) };
  });
}

/** The charts of a comparison: losses, gaps over time, and final gaps with their confidence intervals. */
export function lossPanels(arms: readonly ArmResults[], rows: readonly LossRow[]): ChartPanel[] {
  const series = (curves: readonly ArmCurve[]): Parameters<typeof linePanel>[0]['series'] =>
    curves
      .filter(({ points }) => points.length > 0)
      .map(({ results, points }) => ({
        name: results.arm.label,
        points,
        color: arms.indexOf(results),
        mark: 'line' as const,
      }));
  const [losses, gaps] = [series(lossCurves(arms)), series(gapCurves(arms))];
  const bars = rows.flatMap(({ arm, gapPercent }, i): Bar[] => {
    if (gapPercent === null) return [];
    const { estimate, range } = gapPercent;
    const text = `${intervalInWords(gapPercent, 2, true)} %`;
    return [{ name: arm.label, value: estimate, color: i, text, range: range ?? undefined }];
  });
  const base = arms[0]!.arm.label;
  return [
    ...(losses.length === 0
      ? []
      : [
          linePanel({
            title: 'Training loss',
            unit: 'nats per token',
            xLabel: 'tokens',
            series: losses,
            width: WIDTH,
          }),
        ]),
    ...(gaps.length === 0
      ? []
      : [
          linePanel({
            title: `Training loss above ${base}`,
            unit: '%, same batches',
            xLabel: 'tokens',
            series: gaps,
            references: [{ name: base, y: 0 }],
            width: WIDTH,
            height: 240,
          }),
        ]),
    ...(bars.length === 0
      ? []
      : [
          barPanel({
            title: `Loss on held-out text above ${base}`,
            unit: '%, mean over seeds and 95 % confidence',
            bars,
            width: WIDTH,
          }),
        ]),
  ];
}

/** Mean over the seeds at each step that all of them reached. */
function meanCurve({ runs }: ArmResults): Point[] {
  const tokensPerStep = runs.map(({ plan: { config } }) => config.batchSize * config.context)[0]!;
  const steps = Math.min(...runs.map(({ lossByStep }) => lossByStep.length));
  return runs[0]!.lossByStep
    .slice(0, steps)
    .map(
      ([step], i) => [step * tokensPerStep, mean(runs.map(({ lossByStep }) => lossByStep[i]![1]))] as const,
    );
}

const smoothed = (points: readonly Point[]): Point[] => smooth(points, Math.ceil(SMOOTHING * points.length));
