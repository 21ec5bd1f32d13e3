import type { QatExperiment } from '../experiment.ts';
import type { ExperimentFiles, PaperContext } from '../paper-context.ts';
import { qatCsv } from './grid-csv.ts';
import { lawFindings } from './law-findings.ts';
import type { LawFindings } from './law-findings.ts';
import { orUndetermined } from './or-undetermined.ts';
import { readQatRuns } from './grid-runs.ts';
import { qatSection } from './grid-section.ts';

/** Fits the law to the grid, beside the laws that the paper compares it with. */
export function runQatLaw(experiment: QatExperiment, context: PaperContext): ExperimentFiles {
  const { id, title } = experiment;
  const runs = readQatRuns(experiment, context);
  const { figures, ...section } = orUndetermined<LawFindings>(
    () =>
      lawFindings(
        runs.map(({ record }) => record),
        (name) => ({ file: fileOf(id, name), title }),
      ),
    (reason) => ({ result: 'These runs do not determine the law.', body: [`${reason}.`], figures: {} }),
  );
  return {
    files: {
      [`${id}.csv`]: qatCsv(runs, experiment, context),
      ...Object.fromEntries(Object.entries(figures).map(([name, svg]) => [fileOf(id, name), svg])),
      [`${id}.md`]: qatSection(experiment, context, runs, section),
    },
  };
}

/** The first figure that a reader wants has the name of the experiment. */
function fileOf(id: string, figure: string): string {
  return figure === 'inputs' ? `${id}.svg` : `${id}-${figure}.svg`;
}
