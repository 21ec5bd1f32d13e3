import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { findRecipe } from '@nibble-ml/recipes';
import { defaultConfig } from '../config/train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import type { PlannedRun } from '../many-runs/planned-run.ts';
import { stepsOf, trainedTokens } from './paper-settings.ts';
import type { PaperSettings } from './paper-settings.ts';
import type { PaperText } from './paper-text.ts';

/** A training run that an experiment needs. Two experiments that need the same run have the same plan. */
export interface RunPlan extends PlannedRun {
  readonly recipe: string;
  readonly seed: number;
}

const EVALUATIONS = 20;
const CHECKPOINTS = 10;

/**
 * Plans a run. arXiv 2501.17116, section 4.1: AdamW with β = (0.9, 0.95), ε = 1e-8 and weight decay 0.1; warm-up over
 * 5 % of the steps, then a cosine to a tenth of the highest learning rate. The gradient's norm is clipped to 1.
 *
 * @param runsDir - The folder that holds all runs.
 * @throws RangeError when there is no such recipe
 */
export function planRun(
  settings: PaperSettings,
  text: PaperText,
  runsDir: string,
  { recipe, seed }: { readonly recipe: string; readonly seed: number },
): RunPlan {
  const { model, vocabSize, context, batchSize, learningRate, backend } = settings;
  const steps = stepsOf(settings);
  const decides = {
    model,
    recipe,
    vocabSize,
    context,
    batchSize,
    steps,
    seed,
    backend,
    learningRate,
    schedule: 'cosine',
    warmupFraction: 0.05,
    minLearningRateFraction: 0.1,
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-8,
    clipNorm: 1,
    validationFraction: text.validationFraction,
  } satisfies Partial<TrainConfig>;
  const identity = createHash('sha256')
    .update(JSON.stringify([decides, text.sha256, numericsOf(recipe)]))
    .digest('hex')
    .slice(0, 8);
  const thousands = `${Math.round(trainedTokens(settings) / 1000)}k`;
  const dir = join(runsDir, [model, recipe, thousands, `lr${learningRate}`, `s${seed}`, identity].join('-'));
  const config: TrainConfig = {
    ...defaultConfig,
    ...decides,
    data: text.path,
    evalEvery: Math.ceil(steps / EVALUATIONS),
    checkpointEvery: Math.ceil(steps / CHECKPOINTS),
    sampleTokens: 0,
    out: dir,
  };
  return { recipe, seed, dir, config };
}

/** A recipe without its words: rewording it makes no new run, changing it does. */
function numericsOf(name: string): object {
  const { description: _, source: __, ...numerics } = findRecipe(name);
  return numerics;
}

/** Returns the plans without repetition, first the runs of one seed, then those of the next. */
export function uniquePlans(plans: readonly RunPlan[]): RunPlan[] {
  const byDir = new Map(plans.map((plan) => [plan.dir, plan]));
  return [...byDir.values()].toSorted((a, b) => a.seed - b.seed);
}
