import { modelZoo } from '@nibble-ml/llama';
import { findRecipe, recipes } from '@nibble-ml/recipes';
import { resolveConfig } from '../../../../src/config/resolve-config.ts';
import { defaultConfig } from '../../../../src/config/train-config.ts';
import type { TrainConfig } from '../../../../src/config/train-config.ts';
import { recipePhases } from '../../../../src/training/recipe-phases.ts';
import { EngineProblem } from '../engine-problem.ts';
import type { NewRun } from '../protocol.ts';
import type { LabSettings } from '../capabilities.ts';
import type { LabBackend } from '../run-summary.ts';
import { TEXT_FILE } from '../runs/stored-run.ts';

/** Settings of the default run in a page: those of `nibble train`, with more to see on the way. */
export const labDefaults: LabSettings = {
  model: defaultConfig.model,
  recipe: defaultConfig.recipe,
  vocabSize: defaultConfig.vocabSize,
  context: defaultConfig.context,
  batchSize: defaultConfig.batchSize,
  steps: defaultConfig.steps,
  learningRate: defaultConfig.learningRate,
  seed: defaultConfig.seed,
  evalEvery: 25,
  checkpointEvery: 50,
  sampleEvery: 50,
  sampleTokens: 60,
};

/**
 * Returns the whole configuration of a run, each setting checked as `nibble train` does.
 *
 * @param hasOwnText - Whether the text is kept with the run.
 * @throws EngineProblem `settings` with a line for each problem
 */
export function labConfig({ settings }: NewRun, backend: LabBackend, hasOwnText: boolean): TrainConfig {
  try {
    const config = resolveConfig({
      file: {
        path: 'the settings',
        values: { ...labDefaults, ...settings, backend, data: hasOwnText ? TEXT_FILE : null },
      },
      models: Object.keys(modelZoo),
      recipes: recipes.map(({ name }) => name),
      isChangedRecipe,
    });
    // Recipes that no kernel can do are refused before anything is written.
    recipePhases(config);
    return config;
  } catch (error) {
    throw new EngineProblem('settings', (error as Error).message.replaceAll('resolveConfig: ', ''));
  }
}

function isChangedRecipe(name: string): boolean {
  try {
    findRecipe(name);
    return true;
  } catch {
    return false;
  }
}
