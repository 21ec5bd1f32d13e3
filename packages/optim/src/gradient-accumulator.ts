import { engine, keep, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { accumulateKernel, scaleInPlaceKernel } from './accumulate/kernel.ts';
import { registerAccumulate } from './accumulate/register.ts';
import { checkGradient, gradientMap } from './named-gradients.ts';
import type { Gradients } from './named-gradients.ts';

/** Averages the gradients of micro-batches on the device. */
export interface GradientAccumulator {
  /** Micro-batches added since the last average. */
  readonly count: number;
  /**
   * Adds the gradients of a micro-batch in place, in float32 and in the order of the calls. After {@link average} it
   * starts anew.
   *
   * @param gradients - float32; the same names and shapes at each call. They remain the caller's
   * @throws RangeError when names or shapes differ from the first call's
   * @throws TypeError when a gradient is not float32
   */
  add(gradients: Gradients): void;
  /**
   * The mean over the micro-batches added. The tensors are the accumulator's own, valid until the next `add`.
   *
   * @throws RangeError when nothing has been added
   */
  average(): ReadonlyMap<string, Tensor>;
  /** Frees the sums. */
  dispose(): void;
}

/** Creates an accumulator, which allocates one float32 sum for each gradient at the first `add` and nothing later. */
export function createGradientAccumulator(): GradientAccumulator {
  return new DeviceAccumulator();
}

class DeviceAccumulator implements GradientAccumulator {
  count = 0;
  readonly #sums = new Map<string, Tensor>();

  add(gradients: Gradients): void {
    const added = gradientMap(gradients);
    this.#check(added);
    registerAccumulate();
    for (const [name, x] of added) {
      if (!this.#sums.has(name))
        this.#sums.set(name, keep(tensor(new Float32Array(x.size), x.shape, 'float32')));
      engine().runKernel(accumulateKernel, { sum: this.#sums.get(name)!, x }, { replace: this.count === 0 });
    }
    this.count++;
  }

  average(): ReadonlyMap<string, Tensor> {
    if (this.count === 0) {
      throw new RangeError(
        'average: at least one micro-batch must have been added, but got none; call add first',
      );
    }
    if (this.count > 1) {
      const factor = Math.fround(1 / this.count);
      for (const x of this.#sums.values()) engine().runKernel(scaleInPlaceKernel, { x }, { factor });
    }
    this.count = 0;
    return this.#sums;
  }

  dispose(): void {
    for (const sum of this.#sums.values()) sum.dispose();
    this.#sums.clear();
    this.count = 0;
  }

  #check(added: ReadonlyMap<string, Tensor>): void {
    if (added.size === 0)
      throw new RangeError('add: there must be at least one gradient, but got none; pass them all');
    for (const [name, x] of added) {
      const sum = this.#sums.get(name);
      if (sum === undefined && this.#sums.size > 0) {
        throw new RangeError(
          `add: names must be those of the first call, but got ${name}; dispose and start anew`,
        );
      }
      checkGradient('add', name, x, sum?.shape ?? x.shape);
    }
    for (const name of this.#sums.keys()) {
      if (added.has(name)) continue;
      throw new RangeError(
        `add: names must be those of the first call, but ${name} is missing; dispose and start anew`,
      );
    }
  }
}
