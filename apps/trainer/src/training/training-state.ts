import type { AdamW } from '@nibble-ml/optim';
import { createAdamW } from '@nibble-ml/optim';
import type { Llama } from '@nibble-ml/llama';
import { createLlama } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import type { Linears, Recipe } from '@nibble-ml/recipes';
import type { Variable } from '@tensorflow/tfjs-core';
import { createBatcher } from '../data/batcher.ts';
import type { Batcher } from '../data/batcher.ts';
import { repeatFirst } from './repeat-first.ts';
import type { TokenSource } from '../data/token-source.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { createRunLinears } from './run-linears.ts';

/** Everything that training changes, on the device and off it. */
export interface TrainingState {
  readonly model: Llama;
  readonly linears: Linears;
  /** What is trained: the model's parameters and the learned clip factors of the linear layers. */
  readonly parameters: ReadonlyMap<string, Variable>;
  readonly optimizer: AdamW;
  readonly batcher: Batcher;
  /** Frees the model, the optimizer's moments, the quantized weights and the learned clip factors. */
  dispose(): void;
}

/** Makes the state that step 1 starts from. Decided by the config's seed. */
export function createTrainingState(
  config: TrainConfig,
  modelConfig: LlamaConfig,
  recipe: Recipe,
  trainTokens: TokenSource,
): TrainingState {
  const shuffled = createBatcher({
    tokens: trainTokens,
    batchSize: config.batchSize,
    context: config.context,
    seed: config.seed,
  });
  const batcher = config.overfitBatch ? repeatFirst(shuffled, config.gradientAccumulation) : shuffled;
  // Its window is the run's: a model from elsewhere may be meant for many more positions than it is trained on here.
  const model = createLlama(
    { ...modelConfig, context: config.context },
    { seed: config.seed, checkpointing: config.checkpointing },
  );
  const linears = createRunLinears(config, modelConfig, recipe);
  const parameters = new Map([...model.parameters, ...linears.parameters]);
  // Only matrices decay: neither norms nor clip factors do.
  const optimizer = createAdamW(parameters, {
    beta1: config.beta1,
    beta2: config.beta2,
    epsilon: config.epsilon,
    weightDecay: config.weightDecay,
    clipNorm: config.clipNorm === 0 ? null : config.clipNorm,
    moments: config.moments,
    skipSpikes: config.skipSpikes === 0 ? null : { threshold: config.skipSpikes, watchLoss: true },
  });
  return {
    model,
    linears,
    parameters,
    optimizer,
    batcher,
    dispose: () => {
      linears.dispose();
      optimizer.dispose();
      model.dispose();
    },
  };
}
