import { warmupCosine, warmupStableDecay } from '@nibble-ml/optim';
import type { Schedule } from '@nibble-ml/optim';
import type { TrainConfig } from '../config/train-config.ts';

/** The learning rate of each step, counted from 0. Where warm-up and decay would overlap, the decay is shortened. */
export function scheduleOf({
  schedule,
  steps,
  warmupFraction,
  decayFraction,
  learningRate,
  minLearningRateFraction,
}: TrainConfig): Schedule {
  const warmupSteps = Math.round(warmupFraction * steps);
  const common = { steps, warmupSteps, peak: learningRate, minFraction: minLearningRateFraction };
  if (schedule === 'cosine') return warmupCosine(common);
  const decaySteps = Math.min(Math.round(decayFraction * steps), steps - warmupSteps);
  return warmupStableDecay({ ...common, decaySteps });
}
