import { compactCount, fitLaw, predictDelta, qatDelta, valuesOf } from '@nibble-ml/scaling-law';
import type { QatDeltaParameters, ScalingRecord } from '@nibble-ml/scaling-law';
import { barPanel } from '../../report/bar-chart.ts';
import { chartSvg } from '../../report/chart-svg.ts';
import type { QatExperiment } from '../experiment.ts';
import { markdownTable } from '../markdown.ts';
import type { ExperimentFiles, PaperContext } from '../paper-context.ts';
import { qatCsv } from './grid-csv.ts';
import { errorCells, errorOf, errorsOfRuns } from './error-cells.ts';
import type { QatCell } from './error-cells.ts';
import { orUndetermined } from './or-undetermined.ts';
import { readQatRuns } from './grid-runs.ts';
import type { QatRun } from './grid-runs.ts';
import { groupInWords, qatSection } from './grid-section.ts';
import { groupRecipe } from './grid-settings.ts';
import { meanInterval } from '../stats/intervals.ts';
import { mean } from '../stats/sample-moments.ts';
import { intervalInWords, numberInWords } from '../words.ts';

/** Compares INT4 and FP4 (E2M1), and predicts the errors of FP4 from those of INT4. */
export function runQatFormats(experiment: QatExperiment, context: PaperContext): ExperimentFiles {
  const { id, title } = experiment;
  const runs = readQatRuns(experiment, context);
  const cells = errorCells(runs.map(({ record }) => record));
  const rows = context.qat.groups.map((group) => {
    const of = (format: 'int4' | 'fp4') => (cell: QatCell) => errorOf(cell, groupRecipe(format, group));
    const [int4, fp4] = [cells.map(of('int4')), cells.map(of('fp4'))];
    return {
      group,
      int4: mean(int4),
      fp4: mean(fp4),
      gap: meanInterval(fp4.map((error, i) => error - int4[i]!)),
    };
  });
  const gaps = rows.map(({ group, gap }) => `${intervalInWords(gap, 4, true)} with ${groupInWords(group)}`);
  return {
    files: {
      [`${id}.csv`]: qatCsv(runs, experiment, context),
      [`${id}.svg`]: chartSvg(title, [
        barPanel({
          title: 'Loss of FP4 above INT4',
          unit: 'nats per token, mean over the grid with 95 % confidence',
          width: 720,
          nameWidth: 240,
          bars: rows.map(({ group, gap }) => ({
            name: groupInWords(group),
            value: gap.estimate,
            color: 0,
            text: intervalInWords(gap, 4, true),
            range: gap.range ?? undefined,
          })),
        }),
      ]),
      [`${id}.md`]: qatSection(experiment, context, runs, {
        result: `FP4 lies above INT4 by ${gaps.join(', ')} (the paper: 0 in groups, 0.015 per token and channel).`,
        body: [
          markdownTable(
            ['', 'mean error of INT4', 'mean error of FP4', 'FP4 above INT4, paired'],
            rows.map(({ group, int4, fp4, gap }) => [
              groupInWords(group),
              numberInWords(int4, 4),
              numberInWords(fp4, 4),
              intervalInWords(gap, 4, true),
            ]),
          ),
          `Pairs are runs of one size, token budget and seed, ${cells.length} in all; intervals by Student's t.`,
          `![${title}](${id}.svg)`,
          orUndetermined(
            () => predictionOf(runs),
            (reason) => `No law of INT4 predicts FP4 here: ${reason}.`,
          ),
        ],
      }),
    },
  };
}

/** How far a law fitted to INT4 is off for FP4. */
function predictionOf(runs: readonly QatRun[]): string {
  const records = runs.map(({ record }) => record);
  const int4 = records.filter(({ columns }) => !isFp4(columns));
  const fit = fitLaw(qatDelta, int4, { logOf: 'loss', resamples: 0 });
  const law = valuesOf(fit) as QatDeltaParameters;
  const errors = errorsOfRuns(records);
  const off = (format: 'int4' | 'fp4'): number =>
    mean(
      errors
        .filter(({ record }) => isFp4(record.columns) === (format === 'fp4'))
        .map(({ record, error }) => Math.abs(error - predictDelta(record, law))),
    );
  const sizes = [...new Set(records.map(({ N }) => N))].map((N) => compactCount(N)).join(', ');
  return `The law fitted to the INT4 runs alone is off by ${numberInWords(off('int4'), 4)} nats in the mean for these, and by ${numberInWords(off('fp4'), 4)} for FP4 (sizes ${sizes}).`;
}

const isFp4 = (columns: ScalingRecord['columns']): boolean => columns?.['recipe']?.startsWith('fp4') === true;
