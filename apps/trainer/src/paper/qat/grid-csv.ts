import { toCsv } from '../../many-runs/csv.ts';
import type { QatExperiment } from '../experiment.ts';
import type { PaperContext } from '../paper-context.ts';
import { provenanceOf } from '../provenance.ts';
import type { QatRun } from './grid-runs.ts';

/** The runs of an experiment as `nibble fit` reads them, each with where it comes from. */
export function qatCsv(runs: readonly QatRun[], experiment: QatExperiment, context: PaperContext): string {
  return toCsv(
    runs.map(({ record, result }) => {
      const { N, D, G, precision, loss } = record;
      return {
        N,
        D,
        G: G ?? null,
        precision,
        loss: digits(loss),
        trainLoss: result.trainLoss === null ? null : digits(result.trainLoss),
        stepMsFastestTenth: Math.round(100_000 * result.stepSeconds.fastestTenth) / 100,
        ...provenanceOf(result, context, experiment),
      };
    }),
  );
}

/** 9 digits recover a float32. */
const digits = (value: number): number => Number(value.toPrecision(9));
