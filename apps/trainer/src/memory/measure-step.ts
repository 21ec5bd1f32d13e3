import type { LlamaConfig } from '@nibble-ml/llama';
import type { Recipe } from '@nibble-ml/recipes';
import type { TrainConfig } from '../config/train-config.ts';
import { createRandom } from '../data/random.ts';
import { tokensInMemory } from '../data/token-source.ts';
import { readOutcome, trainStep } from '../training/train-step.ts';
import { createTrainingState } from '../training/training-state.ts';
import { meterDevice } from './device-meter.ts';

/**
 * Trains two real steps of a model on random tokens, on the current backend, and returns the most bytes of the device that
 * it held: a second step may allocate what the first has not.
 *
 * @throws Error when the backend is neither wasm nor webgpu, or has not enough memory
 */
export async function measureStep(
  config: TrainConfig,
  modelConfig: LlamaConfig,
  recipe: Recipe,
): Promise<number> {
  const random = createRandom(config.seed);
  const windows = Int32Array.from({ length: (config.batchSize + 1) * config.context + 1 }, () =>
    random.below(modelConfig.vocabSize),
  );
  const meter = meterDevice();
  try {
    const state = createTrainingState(config, modelConfig, recipe, tokensInMemory(windows));
    try {
      for (let step = 0; step < 2; step++) await readOutcome(trainStep(state, config, config.learningRate));
    } finally {
      state.dispose();
    }
    return meter.most();
  } finally {
    meter.stop();
  }
}
