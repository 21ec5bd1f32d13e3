import { basename, resolve } from 'node:path';
import { countParameters } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import type { ScalingRecord } from '@nibble-ml/scaling-law';
import { loadReportRun } from '../report/load-report-run.ts';
import { factsOf } from '../report/report-run.ts';
import { modelConfigOfRun } from '../training/model-config-of-run.ts';
import { precisionOfRecipe } from './precision-of-recipe.ts';

/**
 * A run folder as a record of a scaling law: the loss is that of the whole validation text at the end, `N` the
 * non-embedding parameters, `D` the tokens trained on. Run, model and recipe are further columns.
 *
 * @throws Error when the folder is no run, or the run is not finished.
 */
export function runRecord(dir: string): ScalingRecord {
  const { record, isFinished, valLoss, tokens } = factsOf(loadReportRun(dir));
  if (!isFinished || valLoss === undefined) {
    throw new Error(`runRecord: ${dir} must be a finished run, but it is not; resume it, or leave it out`);
  }
  const { config } = record;
  // The vocabulary does not count in N, so that the run's own tokenizer need not be read.
  const model = modelConfigOfRun(record, 1);
  return {
    N: countParameters(model).nonEmbedding,
    D: tokens,
    ...precisionOfRecipe(findRecipe(config.recipe), model),
    seed: config.seed,
    loss: valLoss,
    columns: { run: basename(resolve(dir)), model: config.model, recipe: config.recipe },
  };
}
