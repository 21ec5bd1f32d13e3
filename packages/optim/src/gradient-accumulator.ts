import type { Tensor } from '@tensorflow/tfjs-core';
import type { Fp8Format } from './accumulate-fp8/kernel.ts';
import { FloatSums } from './float-sums.ts';
import { Fp8Sums } from './fp8-sums.ts';
import type { GradientSums } from './gradient-sums.ts';
import { checkGradient, gradientMap } from './named-gradients.ts';
import type { Gradients } from './named-gradients.ts';

/** Averages the gradients of micro-batches on the device. */
export interface GradientAccumulator {
  /** Micro-batches added since the last average. */
  readonly count: number;
  /**
   * Adds the gradients of a micro-batch in place, in float32 arithmetic and in the order of the calls. After
   * {@link average} it starts anew.
   *
   * @param gradients - float32; the same names and shapes at each call. They remain the caller's
   * @throws RangeError when there are none, or names or shapes differ from the first call's
   * @throws TypeError when a gradient is not float32
   */
  add(gradients: Gradients): void;
  /**
   * The mean over the micro-batches added, float32 and shaped like the gradients. The tensors are the accumulator's
   * own, valid until the next `add`.
   *
   * @throws RangeError when nothing has been added since the last average
   */
  average(): ReadonlyMap<string, Tensor>;
  /** Frees the sums. */
  dispose(): void;
}

/** Options of {@link createGradientAccumulator}. */
export interface GradientAccumulatorOptions {
  /**
   * How sums are kept between micro-batches: `'f32'` (default), or FP8 with one scale for a tensor, at a quarter of the
   * memory: `'e4m3'` (as FP8-LM, arXiv:2310.18313) or `'e5m2'`.
   *
   * In FP8 each addition rounds the sum to the nearest code: a relative error of at most 2⁻⁴ in E4M3 and 2⁻³ in E5M2,
   * or, of elements that are small beside the largest magnitudes added so far in their tensor, an absolute one of at
   * most 2⁻¹⁷ and 2⁻³¹ of the sum of those.
   */
  readonly format?: 'f32' | 'e4m3' | 'e5m2';
}

/**
 * Creates an accumulator, which allocates its sums at the first `add`. In float32 it allocates nothing later; in FP8
 * `average` allocates the means, which the next `add` frees.
 *
 * @throws TypeError when the format is unknown
 */
export function createGradientAccumulator(options: GradientAccumulatorOptions = {}): GradientAccumulator {
  const { format = 'f32' } = options;
  if (format !== 'f32' && format !== 'e4m3' && format !== 'e5m2') {
    throw new TypeError(
      `createGradientAccumulator: format must be 'f32', 'e4m3' or 'e5m2', but got ${String(format)}; leave it out for 'f32'`,
    );
  }
  return new DeviceAccumulator(format);
}

class DeviceAccumulator implements GradientAccumulator {
  count = 0;
  readonly #format: 'f32' | Fp8Format;
  /** Shapes by name, in the order of the sums; empty before the first `add`. */
  readonly #shapes = new Map<string, readonly number[]>();
  #sums: GradientSums | undefined;

  constructor(format: 'f32' | Fp8Format) {
    this.#format = format;
  }

  add(gradients: Gradients): void {
    const added = gradientMap(gradients);
    this.#check(added);
    if (this.#sums === undefined) {
      for (const [name, { shape }] of added) this.#shapes.set(name, [...shape]);
      const shapes = [...this.#shapes.values()];
      this.#sums = this.#format === 'f32' ? new FloatSums(shapes) : new Fp8Sums(shapes, this.#format);
    }
    const ordered = [...this.#shapes.keys()].map((name) => added.get(name)!);
    this.#sums.add(ordered, this.count === 0);
    this.count++;
  }

  average(): ReadonlyMap<string, Tensor> {
    if (this.#sums === undefined || this.count === 0) {
      throw new RangeError(
        'average: at least one micro-batch must have been added, but got none; call add first',
      );
    }
    const means = this.#sums.average(this.count);
    this.count = 0;
    return new Map([...this.#shapes.keys()].map((name, index) => [name, means[index]!]));
  }

  dispose(): void {
    this.#sums?.dispose();
    this.#sums = undefined;
    this.#shapes.clear();
    this.count = 0;
  }

  #check(added: ReadonlyMap<string, Tensor>): void {
    if (added.size === 0)
      throw new RangeError('add: there must be at least one gradient, but got none; pass them all');
    for (const [name, x] of added) {
      const shape = this.#shapes.get(name);
      if (shape === undefined && this.#shapes.size > 0) {
        throw new RangeError(
          `add: names must be those of the first call, but got ${name}; dispose and start anew`,
        );
      }
      checkGradient('add', name, x, shape ?? x.shape);
    }
    for (const name of this.#shapes.keys()) {
      if (added.has(name)) continue;
      throw new RangeError(
        `add: names must be those of the first call, but ${name} is missing; dispose and start anew`,
      );
    }
  }
}
