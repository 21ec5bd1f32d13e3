import type { Scalar } from '@tensorflow/tfjs-core';
import { valueAndGrads } from '@nibble-ml/llama';
import { createGradientAccumulator } from '@nibble-ml/optim';
import type { Batch } from '../data/batcher.ts';
import { batchTensors } from './batch-tensors.ts';
import type { TrainingState } from './training-state.ts';

/** What a step leaves on the device, to be read when the next step is under way. */
export interface StepOutcome {
  /** Mean loss of each micro-batch, in nats. */
  readonly losses: readonly Scalar[];
  /** Global norm of the gradient, before clipping. */
  readonly gradNorm: Scalar;
  /** The batches, for a diagnosis. */
  readonly batches: readonly Batch[];
}

/**
 * One optimizer step over `gradientAccumulation` micro-batches: forward, backward, clip, update. Reads nothing back.
 */
export function trainStep(
  state: TrainingState,
  { batchSize, gradientAccumulation }: { batchSize: number; gradientAccumulation: number },
  learningRate: number,
): StepOutcome {
  const { model, linears, optimizer, batcher } = state;
  const accumulator = gradientAccumulation > 1 ? createGradientAccumulator() : undefined;
  const losses: Scalar[] = [];
  const batches: Batch[] = [];
  let gradNorm: Scalar | undefined;
  for (let micro = 0; micro < gradientAccumulation; micro++) {
    const batch = batcher.next();
    batches.push(batch);
    const { inputsBT, targetsBT } = batchTensors(batch, batchSize);
    const { value, grads } = valueAndGrads(
      () => model.loss(inputsBT, targetsBT, linears.linear),
      model.parameters,
    );
    losses.push(value);
    if (accumulator === undefined) {
      gradNorm = optimizer.step(grads, learningRate);
    } else {
      accumulator.add(grads);
    }
    for (const gradient of grads.values()) gradient.dispose();
    inputsBT.dispose();
    targetsBT.dispose();
  }
  if (accumulator !== undefined) {
    gradNorm = optimizer.step(accumulator.average(), learningRate);
    accumulator.dispose();
  }
  linears.weightsChanged();
  return { losses, gradNorm: gradNorm!, batches };
}

/** Reads a step's mean loss and gradient norm, and frees them. */
export async function readOutcome({
  losses,
  gradNorm,
}: StepOutcome): Promise<{ loss: number; gradNorm: number }> {
  let sum = 0;
  for (const loss of losses) {
    sum += (await loss.data())[0]!;
    loss.dispose();
  }
  const norm = (await gradNorm.data())[0]!;
  gradNorm.dispose();
  return { loss: sum / losses.length, gradNorm: norm };
}
