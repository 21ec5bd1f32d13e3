import type { HuberObjective } from '../fit/huber-objective.ts';
import { createRandom } from '../statistics/random.ts';
import type { ResamplePlan } from './resample-plan.ts';

/**
 * Writes one resample into an objective. Each number has random draws of its own, so a resample is the same whoever
 * draws it and in whatever order.
 */
export function drawResample(objective: HuberObjective, plan: ResamplePlan, number: number): void {
  const random = createRandom(mix(plan.seed, number));
  if (plan.method === 'cases') {
    const counts = new Float64Array(objective.weights.length);
    for (const clusters of plan.strata) {
      for (let draw = 0; draw < clusters.length; draw++) {
        for (const index of clusters[random.integer(clusters.length)]!) counts[index]! += 1;
      }
    }
    for (let i = 0; i < counts.length; i++) objective.weights[i]! *= counts[i]!;
    return;
  }
  for (const cluster of plan.clusters) {
    const sign = random.bits32() < 2 ** 31 ? 1 : -1;
    // A residual is the prediction less the observation.
    for (const index of cluster) {
      objective.logObserved[index] = plan.fitted[index]! - sign * plan.residuals[index]!;
    }
  }
}

/** One seed of two numbers (the finalizer of MurmurHash3). */
function mix(seed: number, number: number): number {
  let z = (seed ^ Math.imul(number + 1, 0x9e3779b9)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
