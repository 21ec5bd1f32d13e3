import { smooth } from './curves.ts';
import type { Point, RunCurves } from './curves.ts';
import { figures } from './html.ts';
import { lineChart } from './line-chart.ts';
import type { ChartOptions, ChartSeries } from './line-chart.ts';
import type { RunFacts } from './report-run.ts';

/** Share of the steps on either side that the smoothed loss averages. */
const smoothing = 0.02;

/** Returns the curves over the steps: loss in large, and learning rate, gradient norm and speed below. */
export function lossSection(runs: readonly RunFacts[]): string {
  const unigrams = [...new Set(runs.flatMap(({ unigramNats }) => unigramNats ?? []))];
  const references = unigrams.length === 1 ? [{ name: 'unigram entropy', y: unigrams[0]! }] : [];
  const loss = runs.flatMap((run, index) => lossSeries(run, index, runs.length > 1));
  const curve = (of: (run: RunCurves) => readonly Point[]): ChartSeries[] =>
    runs.map(({ name, curves, color = 0 }) => ({ name, points: of(curves), color, mark: 'line' }));
  const small = { xLabel: 'step', width: 350, height: 230, isTight: true };
  const gradNorms = curve((run) => run.gradNorm);
  const charts: ChartOptions[] = [
    { title: 'Learning rate', unit: '', series: curve((run) => run.learningRate), fromZero: true, ...small },
    { title: 'Gradient norm', unit: 'before clipping', series: gradNorms, ...yOf(gradNorms), ...small },
    {
      title: 'Speed',
      unit: 'tokens/s',
      series: curve((run) => smooth(run.tokensPerSecond, Math.ceil(run.tokensPerSecond.length * smoothing))),
      fromZero: true,
      ...small,
    },
  ];
  const drawn = charts.filter(({ series }) => series.some(({ points }) => points.length > 0));
  const main = loss.some(({ points }) => points.length > 0)
    ? lineChart({
        title: 'Loss',
        unit: runs.length > 1 ? 'nats per token; lines: training, points: validation' : 'nats per token',
        xLabel: 'step',
        series: loss,
        references,
        width: 1040,
        height: 380,
        isTight: true,
        narrow: { width: 350, height: 280 },
      })
    : '<p class="note">No step is done yet.</p>';
  return `${main}\n${figures(3, drawn.map(lineChart))}`;
}

function lossSeries({ name, curves, color: own }: RunFacts, index: number, several: boolean): ChartSeries[] {
  const color = own ?? index;
  return [
    // Several noisy lines would hide each other.
    ...(several ? [] : [{ name: 'training, each step', points: curves.loss, color, mark: 'faint' as const }]),
    {
      name: several ? name : 'training',
      points: smooth(curves.loss, Math.ceil(curves.loss.length * smoothing)),
      color,
      mark: 'line',
    },
    {
      name: several ? `${name}, validation` : 'validation',
      points: curves.valLoss,
      color: several ? color : 1,
      mark: 'points',
      isUnnamed: several,
    },
  ];
}

/** Factors where a curve spans more than one order of magnitude, else steps from zero. */
function yOf(series: readonly ChartSeries[]): { yScale: 'log' } | { fromZero: true } {
  const values = series.flatMap(({ points }) => points.map(([, y]) => y));
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return low > 0 && high / low > 10 ? { yScale: 'log' } : { fromZero: true };
}
