import { keep, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { accumulateKernel, scaleInPlaceKernel } from './accumulate/kernel.ts';
import type { AccumulateAttrs, ScaleInPlaceAttrs } from './accumulate/kernel.ts';
import { registerAccumulate } from './accumulate/register.ts';
import type { GradientSums } from './gradient-sums.ts';
import { numberedInputs } from './grouped-inputs.ts';
import { runInPlace } from './run-in-place.ts';

/** Sums in float32; the mean takes their place. */
export class FloatSums implements GradientSums {
  readonly #sums: readonly Tensor[];

  constructor(shapes: readonly (readonly number[])[]) {
    registerAccumulate();
    this.#sums = shapes.map((shape) => {
      const size = shape.reduce((product, side) => product * side, 1);
      return keep(tensor(new Float32Array(size), [...shape], 'float32'));
    });
  }

  add(gradients: readonly Tensor[], replace: boolean): void {
    const attrs: AccumulateAttrs = { tensors: gradients.length, replace };
    const inputs = { ...numberedInputs('sum', this.#sums), ...numberedInputs('x', gradients) };
    runInPlace(accumulateKernel, inputs, attrs);
  }

  average(count: number): readonly Tensor[] {
    if (count > 1) {
      const attrs: ScaleInPlaceAttrs = { tensors: this.#sums.length, factor: Math.fround(1 / count) };
      runInPlace(scaleInPlaceKernel, numberedInputs('x', this.#sums), attrs);
    }
    return this.#sums;
  }

  dispose(): void {
    for (const sum of this.#sums) sum.dispose();
  }
}
