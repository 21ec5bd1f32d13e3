import type { Point } from '../../../src/report/curves.ts';
import type { PlotSeries } from '../chart/plot-options.ts';
import type { LabRun } from '../state/lab-run.ts';

/** A curve of the loss figure. */
export interface LossCurve extends PlotSeries {
  readonly points: readonly Point[];
  /** Whether it has an entry in the legend. */
  readonly isNamed: boolean;
}

/** The curves of runs that are drawn over each other, in time by the pixels they take and not by the steps. */
export function lossCurves(runs: readonly LabRun[]): LossCurve[] {
  // Reads all revisions, so that the figure follows the runs.
  for (const { record } of runs) void record.revision.value;
  return runs.flatMap((run) => curvesOf(run, runs.length === 1)).concat(unigramsOf(runs));
}

function curvesOf({ record, summary, color: { value: color } }: LabRun, isAlone: boolean): LossCurve[] {
  const { name } = summary.value;
  return [
    // Several noisy lines would hide each other.
    ...(isAlone
      ? [{ name: 'each step', color, mark: 'faint' as const, points: record.loss.thinned(), isNamed: false }]
      : []),
    {
      name: isAlone ? 'training' : name,
      color,
      mark: 'line',
      points: record.loss.smoothed(),
      isNamed: true,
    },
    {
      name: isAlone ? 'validation' : `${name}, validation`,
      color: isAlone ? color + 1 : color,
      mark: 'points',
      points: record.evaluations.map(({ step, valLoss }) => [step, valLoss] as const),
      isNamed: isAlone,
    },
  ];
}

/** The entropy of single tokens, which a model without context cannot beat; none where runs had different texts. */
function unigramsOf(runs: readonly LabRun[]): LossCurve[] {
  const found = [...new Set(runs.flatMap(({ record }) => record.done?.unigramNats ?? []))];
  if (found.length !== 1) return [];
  const last = Math.max(...runs.map(({ record }) => record.step));
  const points = [1, last].map((step): Point => [step, found[0]!]);
  return [{ name: 'unigram entropy', color: null, mark: 'dashed', points, isNamed: true }];
}
