/**
 * The learning rate of each step, counted from 0. A pure function: a resumed run needs only the step.
 *
 * @throws RangeError when the step is no integer from 0 on
 */
export type Schedule = (step: number) => number;

/** Options of {@link warmupCosine}. */
export interface WarmupCosineOptions {
  /** Steps of the whole run, at least 1. */
  readonly steps: number;
  /** Steps of linear warm-up, 0 to `steps`. */
  readonly warmupSteps: number;
  /** The highest learning rate. */
  readonly peak: number;
  /** The last learning rate as a fraction of the peak, in [0, 1]. Default 0.1. */
  readonly minFraction?: number;
}

/**
 * Linear warm-up, then half a cosine down (arXiv:1608.03983, without restarts).
 *
 * With W warm-up steps of S in all: step 0 runs at peak / W and step W − 1 at the peak; from there the cosine falls and
 * reaches peak · minFraction exactly at step S − 1. Later steps stay there. With W = 0 the peak is the limit before
 * step 0; with W = S there is no fall.
 *
 * @throws RangeError when an option is out of range
 */
export function warmupCosine(options: WarmupCosineOptions): Schedule {
  const { steps, warmupSteps, peak, minFraction = 0.1 } = options;
  checkSchedule('warmupCosine', steps, warmupSteps, peak, minFraction);
  return (step) => {
    const done = checkStep('warmupCosine', step) + 1;
    if (done <= warmupSteps) return (peak * done) / warmupSteps;
    if (warmupSteps === steps) return peak;
    const progress = Math.min(1, (done - warmupSteps) / (steps - warmupSteps));
    return peak * (minFraction + (1 - minFraction) * 0.5 * (1 + Math.cos(Math.PI * progress)));
  };
}

/** Options of {@link warmupStableDecay}. */
export interface WarmupStableDecayOptions {
  /** Steps of the whole run, at least 1. */
  readonly steps: number;
  /** Steps of linear warm-up; with `decaySteps` at most `steps`. */
  readonly warmupSteps: number;
  /** Steps of the decay at the end. */
  readonly decaySteps: number;
  /** The highest learning rate. */
  readonly peak: number;
  /** The last learning rate as a fraction of the peak, in [0, 1]. Default 0. */
  readonly minFraction?: number;
  /** How it decays: in a straight line (default), or as 1 − √progress (arXiv:2405.18392). */
  readonly decay?: 'linear' | 'one-minus-sqrt';
}

/**
 * Linear warm-up, a constant phase, then a decay: WSD (arXiv:2404.06395).
 *
 * With W warm-up, D decay and S steps in all: step 0 runs at peak / W, steps W − 1 to S − D − 1 at the peak, and step
 * S − 1 exactly at peak · minFraction, as do later steps (at the peak when D = 0).
 *
 * @throws RangeError when an option is out of range
 */
export function warmupStableDecay(options: WarmupStableDecayOptions): Schedule {
  const { steps, warmupSteps, decaySteps, peak, minFraction = 0, decay = 'linear' } = options;
  checkSchedule('warmupStableDecay', steps, warmupSteps, peak, minFraction);
  if (!(Number.isInteger(decaySteps) && decaySteps >= 0 && warmupSteps + decaySteps <= steps)) {
    throw new RangeError(
      `warmupStableDecay: decaySteps must be an integer from 0 to ${steps - warmupSteps}, but got ${decaySteps}; shorten a phase`,
    );
  }
  return (step) => {
    const done = checkStep('warmupStableDecay', step) + 1;
    if (done <= warmupSteps) return (peak * done) / warmupSteps;
    if (decaySteps === 0 || done <= steps - decaySteps) return peak;
    const progress = Math.min(1, (done - (steps - decaySteps)) / decaySteps);
    const left = decay === 'linear' ? 1 - progress : 1 - Math.sqrt(progress);
    return peak * (minFraction + (1 - minFraction) * left);
  };
}

function checkStep(caller: string, step: number): number {
  if (Number.isInteger(step) && step >= 0) return step;
  throw new RangeError(`${caller}: step must be an integer from 0, but got ${step}; count steps from 0`);
}

function checkSchedule(
  caller: string,
  steps: number,
  warmupSteps: number,
  peak: number,
  minFraction: number,
): void {
  if (!(Number.isInteger(steps) && steps >= 1)) {
    throw new RangeError(
      `${caller}: steps must be an integer of at least 1, but got ${steps}; pass the length of the run`,
    );
  }
  if (!(Number.isInteger(warmupSteps) && warmupSteps >= 0 && warmupSteps <= steps)) {
    throw new RangeError(
      `${caller}: warmupSteps must be an integer from 0 to ${steps}, but got ${warmupSteps}; shorten the warm-up`,
    );
  }
  if (!(peak >= 0 && peak < Infinity)) {
    throw new RangeError(
      `${caller}: peak must be a learning rate of at least 0, but got ${peak}; 3e-4 is usual`,
    );
  }
  if (!(minFraction >= 0 && minFraction <= 1)) {
    throw new RangeError(`${caller}: minFraction must be in [0, 1], but got ${minFraction}; 0.1 is usual`);
  }
}
