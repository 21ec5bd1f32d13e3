import { countParameters, findModel } from '@nibble-ml/llama';
import { chartSvg } from '../report/chart-svg.ts';
import { toCsv } from '../many-runs/csv.ts';
import type { CsvRow } from '../many-runs/csv.ts';
import type { LossExperiment } from './experiment.ts';
import { lossCurves, lossPanels } from './loss-charts.ts';
import type { ArmResults } from './loss-table.ts';
import { lossTable } from './loss-table.ts';
import { lossSection } from './loss-section.ts';
import type { ExperimentFiles, PaperContext } from './paper-context.ts';
import { trainedTokens } from './paper-settings.ts';
import { planRun } from './run-plan.ts';
import type { RunPlan } from './run-plan.ts';
import { provenanceOf } from './provenance.ts';
import { precisionOf, readRunResult } from './run-result.ts';
import type { RunResult } from './run-result.ts';

/** The runs that an experiment needs: every arm with every seed. */
export function lossPlans(experiment: LossExperiment, context: PaperContext): RunPlan[] {
  const { settings, text, runsDir } = context;
  return experiment.arms.flatMap(({ recipe }) =>
    settings.seeds.map((seed) => planRun(settings, text, runsDir, { recipe, seed })),
  );
}

/**
 * Compares the recipes of an experiment whose runs are finished.
 *
 * @throws Error when a run is not.
 */
export function runLossExperiment(experiment: LossExperiment, context: PaperContext): ExperimentFiles {
  const { id, title } = experiment;
  const { settings, text, runsDir } = context;
  const arms: ArmResults[] = experiment.arms.map((arm) => ({
    arm,
    runs: settings.seeds.map((seed) =>
      readRunResult(planRun(settings, text, runsDir, { recipe: arm.recipe, seed })),
    ),
  }));
  const rows = lossTable(arms, experiment.direct);
  const csv = arms.flatMap((results) => results.runs.map((run) => csvRow(run, experiment, context)));
  const curves = lossCurves(arms).flatMap(({ results, points }) =>
    everyNth(points, POINTS).map(([tokens, loss]) => ({
      recipe: results.arm.recipe,
      tokens,
      trainLossSmoothed: Number(loss.toPrecision(7)),
    })),
  );
  return {
    files: {
      [`${id}.csv`]: toCsv(csv),
      [`${id}-curves.csv`]: toCsv(curves),
      [`${id}.svg`]: chartSvg(title, lossPanels(arms, rows)),
      [`${id}.md`]: lossSection(experiment, arms, rows, context),
    },
  };
}

/** Points of each curve in the CSV. */
const POINTS = 100;

/** `N`, `D`, `G`, `precision`, `seed` and `loss` are what `nibble fit` reads. */
function csvRow(run: RunResult, experiment: LossExperiment, context: PaperContext): CsvRow {
  const { valLoss, trainLoss, divergence, stepSeconds, products } = run;
  const { settings } = context;
  const model = { ...findModel(settings.model), vocabSize: settings.vocabSize };
  return {
    N: countParameters(model).nonEmbedding,
    D: trainedTokens(settings),
    G: null,
    precision: run.plan.recipe,
    loss: digits(valLoss),
    trainLoss: digits(trainLoss),
    divergedAtStep: divergence?.step ?? null,
    stepMsMedian: round(1000 * stepSeconds.median),
    stepMsFastestTenth: round(1000 * stepSeconds.fastestTenth),
    forward: precisionOf(products, 'fprop'),
    inputGradient: precisionOf(products, 'dgrad'),
    weightGradient: precisionOf(products, 'wgrad'),
    ...provenanceOf(run, context, experiment),
  };
}

/** At most `count` points, evenly, the last one included. */
function everyNth<T>(points: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.ceil(points.length / count));
  return points.filter((_, i) => (points.length - 1 - i) % step === 0);
}

/** 9 digits recover a float32. */
const digits = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(9));
const round = (value: number): number => Math.round(value * 100) / 100;
