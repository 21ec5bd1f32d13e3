import { addN, clone, mul, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { valueAndGrads } from '@nibble-ml/llama';
import { createGradientAccumulator } from '@nibble-ml/optim';
import type { Gradients } from '@nibble-ml/optim';
import type { TrainConfig } from '../config/train-config.ts';
import type { Batch } from '../data/batcher.ts';
import { batchTensors } from './batch-tensors.ts';
import type { TrainingState } from './training-state.ts';

/** What a step leaves on the device, to be read when the next step is under way. */
export interface StepOutcome {
  /** Mean loss of each micro-batch, in nats. */
  readonly losses: readonly Scalar[];
  /** Global norm of the gradient, before clipping. */
  readonly gradNorm: Scalar;
  /** Updates left out so far, this one included; undefined when none ever is. */
  readonly skippedUpdates: Promise<number> | undefined;
  /** The batches, for a diagnosis. */
  readonly batches: readonly Batch[];
}

/** The settings of a step. */
export type StepConfig = Pick<
  TrainConfig,
  'batchSize' | 'gradientAccumulation' | 'gradientSums' | 'skipSpikes'
>;

/**
 * One optimizer step over `gradientAccumulation` micro-batches: forward, backward, clip, update. Waits for no
 * result.
 */
export function trainStep(
  state: TrainingState,
  { batchSize, gradientAccumulation, gradientSums, skipSpikes }: StepConfig,
  learningRate: number,
): StepOutcome {
  const { model, linears, parameters, optimizer, batcher } = state;
  const accumulator =
    gradientAccumulation > 1 ? createGradientAccumulator({ format: gradientSums }) : undefined;
  const losses: Scalar[] = [];
  const batches: Batch[] = [];
  let gradNorm: Scalar | undefined;
  const update = (gradients: Gradients): void => {
    const loss = skipSpikes > 0 ? meanOf(losses) : undefined;
    gradNorm = optimizer.step(gradients, learningRate, loss);
    loss?.dispose();
  };
  for (let micro = 0; micro < gradientAccumulation; micro++) {
    const batch = batcher.next();
    batches.push(batch);
    const { inputsBT, targetsBT } = batchTensors(batch, batchSize);
    const { value, grads: found } = valueAndGrads(
      () => model.loss(inputsBT, targetsBT, linears.linear),
      parameters,
    );
    losses.push(value);
    const grads = withUnusedFactors(found, state);
    if (accumulator === undefined) update(grads);
    else accumulator.add(grads);
    for (const gradient of grads.values()) gradient.dispose();
    inputsBT.dispose();
    targetsBT.dispose();
  }
  if (accumulator !== undefined) {
    update(accumulator.average());
    accumulator.dispose();
  }
  linears.weightsChanged();
  const skippedUpdates = skipSpikes > 0 ? optimizer.skippedUpdates() : undefined;
  // A failure is thrown where the outcome is read; until then it must not end the process.
  skippedUpdates?.catch(() => undefined);
  return { losses, gradNorm: gradNorm!, skippedUpdates, batches };
}

/** Learned clip factors that the recipe in force does not use have no gradient; the optimizer wants one of each. */
function withUnusedFactors(
  grads: ReadonlyMap<string, Tensor>,
  { linears, parameters }: TrainingState,
): ReadonlyMap<string, Tensor> {
  if (grads.size === parameters.size) return grads;
  const complete = new Map(grads);
  for (const [name, factors] of linears.parameters) {
    if (!complete.has(name)) complete.set(name, zeros(factors.shape));
  }
  return complete;
}

function meanOf(losses: readonly Scalar[]): Scalar {
  if (losses.length === 1) return clone(losses[0]!);
  return tidy(() => mul(addN([...losses]), 1 / losses.length));
}

/** What a step came to. */
export interface StepResult {
  readonly loss: number;
  readonly gradNorm: number;
  /** Updates left out so far; only where some may be. */
  readonly skippedUpdates?: number;
}

/** Reads a step's mean loss and gradient norm, and frees them. */
export async function readOutcome({ losses, gradNorm, skippedUpdates }: StepOutcome): Promise<StepResult> {
  let sum = 0;
  for (const loss of losses) {
    sum += (await loss.data())[0]!;
    loss.dispose();
  }
  const norm = (await gradNorm.data())[0]!;
  gradNorm.dispose();
  const result = { loss: sum / losses.length, gradNorm: norm };
  return skippedUpdates === undefined ? result : { ...result, skippedUpdates: await skippedUpdates };
}
