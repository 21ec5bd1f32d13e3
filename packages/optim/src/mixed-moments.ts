import { keep, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { AdamWCoefficients } from './adamw-coefficients.ts';
import { adamWMixedKernel, wordsPerQuad } from './adamw-mixed/kernel.ts';
import type { AdamWMixedAttrs } from './adamw-mixed/kernel.ts';
import { registerAdamWMixed } from './adamw-mixed/register.ts';
import type { OptimizerState, StateTensor } from './adamw-state.ts';
import { bindingLimits } from './binding-limits.ts';
import { mostCodedChunks, planGroups } from './chunk-groups.ts';
import type { ChunkGroup } from './chunk-groups.ts';
import type { ClippedNorm } from './global-norm/clipped-norm.ts';
import { blockStarts } from './global-norm/reference.ts';
import { groupedInputs } from './grouped-inputs.ts';
import { boundsIn, boundsToState, codesIn, codesToState } from './mixed-state.ts';
import { boundsLength, momentBoundsKernel } from './moment-bounds/kernel.ts';
import type { MomentBoundsAttrs } from './moment-bounds/kernel.ts';
import { registerMomentBounds } from './moment-bounds/register.ts';
import type { Moments, Slot } from './moments.ts';
import { readNow } from './read-now.ts';
import { runInPlace } from './run-in-place.ts';

/**
 * Moments in the mixed form of arXiv:2501.17116, section 4.1: the first in E4M3, the second in binary16, each with one
 * scale for a tensor; 3 bytes for each parameter and 20 for each tensor.
 */
export class MixedMoments implements Moments {
  readonly #slots: readonly Slot[];
  readonly #groups: readonly ChunkGroup[];
  readonly #blockStarts: Tensor1D;
  /** Of each group. */
  #moments: Tensor1D[];
  #bounds: Tensor1D;

  constructor(slots: readonly Slot[]) {
    this.#slots = slots;
    const limits = bindingLimits();
    const sizes = slots.map(({ variable }) => variable.size);
    // Each chunk binds a parameter and a gradient, and the group its moments and the bounds.
    const chunks = Math.min(mostCodedChunks, Math.floor((limits.tensors - 2) / 2));
    this.#groups = planGroups(sizes, { chunks, wordsPerQuad, words: limits.words });
    this.#blockStarts = keptInts(blockStarts(sizes));
    this.#moments = this.#groups.map(({ words }) => keptInts(new Int32Array(words)));
    this.#bounds = keptFloats(new Float32Array(boundsLength(slots.length)));
  }

  update(
    gradients: readonly Tensor[],
    { clipFactor, statistics }: ClippedNorm,
    coefficients: AdamWCoefficients,
  ): void {
    registerMomentBounds();
    registerAdamWMixed();
    const bounds = this.#bounds;
    const boundsAttrs: MomentBoundsAttrs = coefficients;
    const boundsInputs = { bounds, clipFactor, statistics, blockStarts: this.#blockStarts };
    runInPlace(momentBoundsKernel, boundsInputs, boundsAttrs);
    const parameters = this.#slots.map(({ variable }) => variable);
    for (const [index, group] of this.#groups.entries()) {
      const { chunks } = group;
      const moments = this.#moments[index]!;
      const inputs = groupedInputs(group, { parameter: parameters, gradient: gradients });
      const decays = chunks.map(({ tensor }) => this.#slots[tensor]!.decays);
      const attrs: AdamWMixedAttrs = { chunks, decays, coefficients };
      runInPlace(adamWMixedKernel, { ...inputs, moments, bounds }, attrs);
    }
  }

  async read(): Promise<Map<string, StateTensor>> {
    const [bounds, ...moments] = await Promise.all([this.#bounds, ...this.#moments].map(readNow));
    return new Map([
      ...codesToState(this.#slots, this.#groups, moments as Int32Array[]),
      ...boundsToState(this.#slots, bounds as Float32Array),
    ]);
  }

  prepare(state: OptimizerState): () => void {
    const moments = codesIn(state, this.#slots, this.#groups);
    const bounds = boundsIn(state, this.#slots);
    return () => {
      this.#disposeMoments();
      this.#moments = moments.map(keptInts);
      this.#bounds = keptFloats(bounds);
    };
  }

  dispose(): void {
    this.#disposeMoments();
    this.#blockStarts.dispose();
  }

  #disposeMoments(): void {
    for (const moments of this.#moments) moments.dispose();
    this.#bounds.dispose();
  }
}

function keptInts(values: Int32Array): Tensor1D {
  return keep(tensor1d(values, 'int32'));
}

function keptFloats(values: Float32Array): Tensor1D {
  return keep(tensor1d(values, 'float32'));
}
