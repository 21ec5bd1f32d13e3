import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { adamWCoefficients } from './adamw-coefficients.ts';
import { resolveAdamWOptions } from './adamw-options.ts';
import type { AdamWOptions, ResolvedAdamWOptions } from './adamw-options.ts';
import { stepIn } from './adamw-state.ts';
import type { OptimizerState, StateTensor } from './adamw-state.ts';
import { FloatMoments } from './float-moments.ts';
import { clippedNorm } from './global-norm/clipped-norm.ts';
import { MixedMoments } from './mixed-moments.ts';
import type { Moments, Slot } from './moments.ts';
import { checkGradient, gradientMap } from './named-gradients.ts';
import type { Gradients } from './named-gradients.ts';
import { SpikeGuard } from './spike-guard/spike-guard.ts';

/** An optimizer that owns the moments of its parameters and updates both on the device. */
export interface AdamW {
  /** Updates done so far, those that were left out included. */
  readonly stepCount: number;
  /**
   * One update of every parameter, in place on the device. Nothing is read back.
   *
   * When an element of a gradient is NaN or infinite the norm is NaN, and weights and moments stay as they are: read
   * the norm later and stop. They also stay when `skipSpikes` finds a spike.
   *
   * @param gradients - one float32 tensor for each parameter and of its shape; they remain the caller's
   * @param learningRate - at least 0
   * @param loss - float32 scalar, for `skipSpikes` with `watchLoss` and only then; it remains the caller's
   * @returns the global norm before clipping, a float32 scalar that the caller disposes
   * @throws RangeError when a gradient is missing, unknown or of another shape, or the learning rate is out of range,
   *   the loss is wanted and missing, or the other way round, or is no scalar, or a gradient shares the data of a parameter
   * @throws TypeError when a gradient or the loss is not float32
   */
  step(gradients: Gradients, learningRate: number, loss?: Scalar): Scalar;
  /**
   * How many updates `skipSpikes` has left out, those with numbers that are not finite included, as of the steps before
   * this call; 0 without the option. Reads one small tensor back.
   */
  skippedUpdates(): Promise<number>;
  /** Copies the moments and the step count to host memory, exact to the bit. The weights are not part of it. */
  state(): Promise<Map<string, StateTensor>>;
  /**
   * Replaces the moments and the step count by those of `state`, exact to the bit.
   *
   * @throws RangeError when a tensor is missing, of another shape or holds what cannot be; TypeError when one is of another
   *   dtype, as with the other form of moments. Nothing has changed then
   */
  restore(state: OptimizerState): void;
  /** Frees the moments. The parameters remain the caller's. */
  dispose(): void;
}

/**
 * AdamW with decoupled weight decay and global-norm clipping (arXiv:1711.05101, algorithm 2; arXiv:1412.6980): m ← β₁m
 * + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − lr · (m̂ / (√v̂ + ε) + λw), with g clipped, and m̂ and v̂ corrected for
 * their start at 0.
 *
 * Weights are updated in place: a clone of a variable, and the tensor it was made from, share its data and change too.
 *
 * @param parameters - float32 master weights by name; they remain the caller's
 * @throws RangeError when there are no parameters or an option is out of range
 * @throws TypeError when a parameter is not float32 or `moments` is unknown
 */
export function createAdamW(parameters: ReadonlyMap<string, Variable>, options: AdamWOptions = {}): AdamW {
  const resolved = resolveAdamWOptions(options);
  if (parameters.size === 0) {
    throw new RangeError(
      'createAdamW: there must be at least one parameter, but got none; pass the model parameters',
    );
  }
  for (const [name, { dtype }] of parameters) {
    if (dtype === 'float32') continue;
    throw new TypeError(
      `createAdamW: ${name} must be float32, but got ${dtype}; only master weights are trained`,
    );
  }
  const slots = [...parameters].map(([name, variable]): Slot => {
    return { name, variable, decays: resolved.decays(name, variable) };
  });
  return new DeviceAdamW(slots, resolved);
}

class DeviceAdamW implements AdamW {
  stepCount = 0;
  readonly #slots: ReadonlyMap<string, Slot>;
  readonly #moments: Moments;
  readonly #guard: SpikeGuard | undefined;
  readonly #options: ResolvedAdamWOptions;

  constructor(slots: readonly Slot[], options: ResolvedAdamWOptions) {
    this.#slots = new Map(slots.map((slot) => [slot.name, slot]));
    this.#moments = options.moments === 'mixed' ? new MixedMoments(slots) : new FloatMoments(slots);
    this.#guard = options.skipSpikes === null ? undefined : new SpikeGuard(options.skipSpikes);
    this.#options = options;
  }

  step(gradients: Gradients, learningRate: number, loss?: Scalar): Scalar {
    if (!(learningRate >= 0 && learningRate < Infinity)) {
      throw new RangeError(
        `step: the learning rate must be at least 0, but got ${learningRate}; check the schedule`,
      );
    }
    this.#checkLoss(loss);
    const ordered = this.#inOrder(gradientMap(gradients));
    const clipped = clippedNorm(ordered, this.#options.clipNorm);
    this.#guard?.observe(clipped, loss);
    this.stepCount++;
    const coefficients = adamWCoefficients(this.#options, this.stepCount, learningRate);
    this.#moments.update(ordered, clipped, coefficients);
    clipped.clipFactor.dispose();
    clipped.statistics.dispose();
    return clipped.norm;
  }

  async state(): Promise<Map<string, StateTensor>> {
    const step: StateTensor = { shape: [], dtype: 'int32', data: Int32Array.of(this.stepCount) };
    const [moments, history] = await Promise.all([this.#moments.read(), this.#guard?.read()]);
    return new Map([['step', step], ...moments, ...(history ?? [])]);
  }

  restore(state: OptimizerState): void {
    const step = stepIn(state);
    const placements = [this.#moments.prepare(state), this.#guard?.prepare(state)];
    for (const place of placements) place?.();
    this.stepCount = step;
  }

  async skippedUpdates(): Promise<number> {
    return this.#guard === undefined ? 0 : this.#guard.skipped();
  }

  dispose(): void {
    this.#moments.dispose();
    this.#guard?.dispose();
  }

  #checkLoss(loss: Scalar | undefined): void {
    const isWatched = this.#options.skipSpikes?.watchLoss === true;
    if (isWatched !== (loss !== undefined)) {
      throw new RangeError(
        isWatched
          ? 'step: there must be a loss, because skipSpikes watches it, but got none; pass it'
          : 'step: there must be no loss, because nothing watches it, but got one; set skipSpikes.watchLoss',
      );
    }
    if (loss === undefined) return;
    if (loss.dtype !== 'float32')
      throw new TypeError(`step: the loss must be float32, but got ${loss.dtype}; cast it first`);
    if (loss.size !== 1)
      throw new RangeError(
        `step: the loss must be a scalar, but got [${loss.shape.join(', ')}]; pass the mean`,
      );
  }

  #inOrder(gradients: ReadonlyMap<string, Tensor>): Tensor[] {
    for (const name of gradients.keys()) {
      if (this.#slots.has(name)) continue;
      throw new RangeError(
        `step: gradients must be of this optimizer's parameters, but got ${name}; leave it out`,
      );
    }
    const owners = new Map<object, string>();
    for (const [name, { variable }] of this.#slots) {
      const other = owners.get(variable.dataId);
      if (other !== undefined) {
        throw new RangeError(
          `step: parameters must have data of their own, but ${other} and ${name} share theirs; copy one first`,
        );
      }
      owners.set(variable.dataId, name);
    }
    return [...this.#slots].map(([name, { variable }]) => {
      const gradient = gradients.get(name);
      if (gradient === undefined) {
        throw new RangeError(
          `step: there must be a gradient of ${name}, but got none; pass one for every parameter`,
        );
      }
      checkGradient('step', name, gradient, variable.shape);
      const owner = owners.get(gradient.dataId);
      if (owner !== undefined) {
        throw new RangeError(
          `step: the gradient of ${name} must have data of its own, but shares those of parameter ${owner}; copy it first`,
        );
      }
      return gradient;
    });
  }
}
