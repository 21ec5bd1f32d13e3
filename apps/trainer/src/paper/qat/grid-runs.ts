import { countParameters, findModel } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import type { ScalingRecord } from '@nibble-ml/scaling-law';
import { precisionOfRecipe } from '../../scaling/precision-of-recipe.ts';
import { tokensOf } from '../../sweep/run-identity.ts';
import type { QatExperiment } from '../experiment.ts';
import type { PaperContext } from '../paper-context.ts';
import { qatPlans } from './grid-plans.ts';
import type { RunPlan } from '../run-plan.ts';
import { readRunResult } from '../run-result.ts';
import type { RunResult } from '../run-result.ts';

/** A finished run of the grid. */
export interface QatRun {
  readonly result: RunResult;
  /** Its place in a scaling law; the loss is that of the whole held-out text. */
  readonly record: ScalingRecord;
}

/**
 * Reads the runs of an experiment.
 *
 * @throws Error when a run is not finished, or one diverged: the grid then has a hole that a fit must not hide.
 */
export function readQatRuns(experiment: QatExperiment, context: PaperContext): QatRun[] {
  return qatPlans(experiment, context).map((plan) => {
    const result = readRunResult(plan);
    if (result.valLoss === null) {
      throw new Error(
        `nibble paper: every run of ${experiment.id} must have a loss, but ${plan.dir} diverged; lower its learning rate`,
      );
    }
    return { result, record: recordOf(plan, result.valLoss) };
  });
}

function recordOf({ config, recipe, seed }: RunPlan, loss: number): ScalingRecord {
  const model = findModel(config.model);
  return {
    N: countParameters(model).nonEmbedding,
    D: tokensOf(config),
    ...precisionOfRecipe(findRecipe(recipe), model),
    seed,
    loss,
    columns: { recipe, model: config.model },
  };
}
