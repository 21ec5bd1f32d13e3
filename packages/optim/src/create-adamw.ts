import { engine, keep, tensor } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { resolveAdamWOptions } from './adamw-options.ts';
import type { AdamWOptions } from './adamw-options.ts';
import { firstMomentName, momentIn, secondMomentName, stepIn } from './adamw-state.ts';
import type { OptimizerState, StateTensor } from './adamw-state.ts';
import { adamWCoefficients, adamWUpdateKernel } from './adamw-update/kernel.ts';
import { registerAdamWUpdate } from './adamw-update/register.ts';
import { clipFactor } from './clip-factor/clip-factor.ts';
import { globalNorm } from './global-norm/global-norm.ts';
import { checkGradient, gradientMap } from './named-gradients.ts';
import type { Gradients } from './named-gradients.ts';

/** An optimizer that owns the moments of its parameters and updates both on the device. */
export interface AdamW {
  /** Updates done so far, those that were left out because the gradients were not finite included. */
  readonly stepCount: number;
  /**
   * One update of every parameter, in place on the device. Nothing is read back.
   *
   * When an element of a gradient is NaN or infinite the norm is NaN, and weights and moments stay as they are: read
   * the norm later and stop.
   *
   * @param gradients - one float32 tensor for each parameter and of its shape; they remain the caller's
   * @param learningRate - at least 0
   * @returns the global norm before clipping, a float32 scalar that the caller disposes
   * @throws RangeError when a gradient is missing, unknown or of another shape, or the learning rate is out of range
   * @throws TypeError when a gradient is not float32
   */
  step(gradients: Gradients, learningRate: number): Scalar;
  /** Copies the moments and the step count to host memory, exact to the bit. The weights are not part of it. */
  state(): Promise<Map<string, StateTensor>>;
  /**
   * Replaces the moments and the step count by those of `state`, exact to the bit.
   *
   * @throws RangeError when a tensor is missing or of another shape; nothing has changed then
   */
  restore(state: OptimizerState): void;
  /** Frees the moments. The parameters remain the caller's. */
  dispose(): void;
}

interface Slot {
  readonly variable: Variable;
  readonly decays: boolean;
  firstMoment: Tensor;
  secondMoment: Tensor;
}

/**
 * AdamW with decoupled weight decay and global-norm clipping (arXiv:1711.05101, algorithm 2; arXiv:1412.6980).
 *
 * Weights are updated in place: a clone of a variable, and the tensor it was made from, share its data and change too.
 *
 * @param parameters - float32 master weights by name; they remain the caller's
 * @throws RangeError when there are no parameters or an option is out of range
 * @throws TypeError when a parameter is not float32
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
  const slots = new Map<string, Slot>();
  for (const [name, variable] of parameters) {
    const zeros = (): Tensor => keep(tensor(new Float32Array(variable.size), variable.shape, 'float32'));
    const decays = resolved.decays(name, variable);
    slots.set(name, { variable, decays, firstMoment: zeros(), secondMoment: zeros() });
  }
  return new DeviceAdamW(slots, resolved);
}

class DeviceAdamW implements AdamW {
  stepCount = 0;
  readonly #slots: ReadonlyMap<string, Slot>;
  readonly #options: ReturnType<typeof resolveAdamWOptions>;

  constructor(slots: ReadonlyMap<string, Slot>, options: ReturnType<typeof resolveAdamWOptions>) {
    this.#slots = slots;
    this.#options = options;
  }

  step(gradients: Gradients, learningRate: number): Scalar {
    if (!(learningRate >= 0 && learningRate < Infinity)) {
      throw new RangeError(
        `step: the learning rate must be at least 0, but got ${learningRate}; check the schedule`,
      );
    }
    const ordered = this.#inOrder(gradientMap(gradients));
    registerAdamWUpdate();
    const norm = globalNorm(ordered);
    const factor = clipFactor(norm, this.#options.clipNorm);
    this.stepCount++;
    let index = 0;
    for (const { variable, decays, firstMoment, secondMoment } of this.#slots.values()) {
      const coefficients = adamWCoefficients(this.#options, this.stepCount, learningRate, decays);
      const gradient = ordered[index++]!;
      const inputs = { parameter: variable, firstMoment, secondMoment, gradient, clipFactor: factor };
      engine().runKernel(adamWUpdateKernel, inputs, { ...coefficients });
    }
    factor.dispose();
    return norm;
  }

  async state(): Promise<Map<string, StateTensor>> {
    const entries = [...this.#slots].flatMap(([name, { firstMoment, secondMoment }]) => [
      [firstMomentName(name), firstMoment] as const,
      [secondMomentName(name), secondMoment] as const,
    ]);
    const step: StateTensor = { shape: [], dtype: 'int32', data: Int32Array.of(this.stepCount) };
    // All reads are started before the first is awaited, so that they show the same step.
    const reads = await Promise.all(entries.map(([, moment]) => moment.data()));
    const state = new Map<string, StateTensor>([['step', step]]);
    for (const [index, [name, { shape }]] of entries.entries()) {
      // Copied: tfjs's cpu backend hands out the tensor's own memory.
      state.set(name, { shape: [...shape], dtype: 'float32', data: (reads[index] as Float32Array).slice() });
    }
    return state;
  }

  restore(state: OptimizerState): void {
    const step = stepIn(state);
    const moments = [...this.#slots].map(([name, { variable }]) => ({
      first: momentIn(state, firstMomentName(name), variable.shape),
      second: momentIn(state, secondMomentName(name), variable.shape),
    }));
    let index = 0;
    for (const slot of this.#slots.values()) {
      const { first, second } = moments[index++]!;
      slot.firstMoment.dispose();
      slot.secondMoment.dispose();
      slot.firstMoment = keep(tensor(first.slice(), slot.variable.shape, 'float32'));
      slot.secondMoment = keep(tensor(second.slice(), slot.variable.shape, 'float32'));
    }
    this.stepCount = step;
  }

  dispose(): void {
    for (const { firstMoment, secondMoment } of this.#slots.values()) {
      firstMoment.dispose();
      secondMoment.dispose();
    }
  }

  #inOrder(gradients: ReadonlyMap<string, Tensor>): Tensor[] {
    for (const name of gradients.keys()) {
      if (this.#slots.has(name)) continue;
      throw new RangeError(
        `step: gradients must be of this optimizer's parameters, but got ${name}; leave it out`,
      );
    }
    return [...this.#slots].map(([name, { variable }]) => {
      const gradient = gradients.get(name);
      if (gradient === undefined) {
        throw new RangeError(
          `step: there must be a gradient of ${name}, but got none; pass one for every parameter`,
        );
      }
      checkGradient('step', name, gradient, variable.shape);
      if (gradient.dataId === variable.dataId) {
        throw new RangeError(
          `step: the gradient of ${name} must have data of its own, but shares those of the parameter; copy it first`,
        );
      }
      return gradient;
    });
  }
}
