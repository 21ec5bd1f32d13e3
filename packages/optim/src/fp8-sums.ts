import { engine, keep, tensor1d, util } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { accumulateFp8Kernel, averageFp8Kernel, wordsPerQuad } from './accumulate-fp8/kernel.ts';
import type { AccumulateFp8Attrs, AverageFp8Attrs, Fp8Format } from './accumulate-fp8/kernel.ts';
import { registerAccumulateFp8 } from './accumulate-fp8/register.ts';
import { bindingLimits } from './binding-limits.ts';
import { mostCodedChunks, planGroups } from './chunk-groups.ts';
import type { ChunkGroup } from './chunk-groups.ts';
import { clippedNorm } from './global-norm/clipped-norm.ts';
import { blockStarts } from './global-norm/reference.ts';
import type { GradientSums } from './gradient-sums.ts';
import { groupedInputs, numberedInputs } from './grouped-inputs.ts';
import { runInPlace } from './run-in-place.ts';
import { sumBoundsKernel } from './sum-bounds/kernel.ts';
import type { SumBoundsAttrs } from './sum-bounds/kernel.ts';
import { registerSumBounds } from './sum-bounds/register.ts';

/** Sums in FP8, each with one scale: a byte for an element. The means are float32, and freed by the next `add`. */
export class Fp8Sums implements GradientSums {
  readonly #format: Fp8Format;
  readonly #shapes: readonly (readonly number[])[];
  readonly #groups: readonly ChunkGroup[];
  /** Of each group. */
  readonly #codes: readonly Tensor1D[];
  readonly #bounds: Tensor1D;
  readonly #blockStarts: Tensor1D;
  #means: readonly Tensor[] = [];

  constructor(shapes: readonly (readonly number[])[], format: Fp8Format) {
    registerSumBounds();
    registerAccumulateFp8();
    this.#format = format;
    this.#shapes = shapes;
    const sizes = shapes.map((shape) => util.sizeFromShape([...shape]));
    const limits = bindingLimits();
    // Each chunk binds a gradient or a mean, and the group its codes and the bounds.
    this.#groups = planGroups(sizes, {
      chunks: Math.min(mostCodedChunks, limits.tensors - 2),
      wordsPerQuad,
      words: limits.words,
    });
    this.#codes = this.#groups.map((group) => keep(tensor1d(new Int32Array(group.words), 'int32')));
    this.#bounds = keep(tensor1d(new Float32Array(2 * sizes.length), 'float32'));
    this.#blockStarts = keep(tensor1d(blockStarts(sizes), 'int32'));
  }

  add(gradients: readonly Tensor[], replace: boolean): void {
    this.#disposeMeans();
    const { norm, clipFactor, statistics } = clippedNorm(gradients, null);
    const bounds = this.#bounds;
    const boundsAttrs: SumBoundsAttrs = { replace };
    runInPlace(sumBoundsKernel, { bounds, statistics, blockStarts: this.#blockStarts }, boundsAttrs);
    for (const unused of [norm, clipFactor, statistics]) unused.dispose();
    for (const [index, group] of this.#groups.entries()) {
      const codes = this.#codes[index]!;
      const attrs: AccumulateFp8Attrs = { chunks: group.chunks, format: this.#format, replace };
      runInPlace(accumulateFp8Kernel, { ...groupedInputs(group, { x: gradients }), codes, bounds }, attrs);
    }
  }

  average(count: number): readonly Tensor[] {
    this.#disposeMeans();
    const attrs: AverageFp8Attrs = {
      shapes: this.#shapes,
      groups: this.#groups,
      format: this.#format,
      factor: Math.fround(1 / count),
    };
    const inputs = { ...numberedInputs('codes', this.#codes), bounds: this.#bounds };
    // tfjs hands attributes through as they are; its type only knows plain values.
    const means = engine().runKernel(averageFp8Kernel, inputs, { ...attrs } as object as NamedAttrMap);
    this.#means = (means as unknown as Tensor[]).map((mean) => keep(mean));
    return this.#means;
  }

  dispose(): void {
    this.#disposeMeans();
    for (const kept of [...this.#codes, this.#bounds, this.#blockStarts]) kept.dispose();
  }

  #disposeMeans(): void {
    for (const mean of this.#means) mean.dispose();
    this.#means = [];
  }
}
