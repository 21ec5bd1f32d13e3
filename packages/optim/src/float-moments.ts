import { keep, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { AdamWCoefficients } from './adamw-coefficients.ts';
import { firstMomentName, secondMomentName, stateFloats } from './adamw-state.ts';
import type { OptimizerState, StateTensor } from './adamw-state.ts';
import { adamWUpdateKernel, secondMomentStride, wordsPerQuad } from './adamw-update/kernel.ts';
import type { AdamWUpdateAttrs } from './adamw-update/kernel.ts';
import { registerAdamWUpdate } from './adamw-update/register.ts';
import { bindingLimits } from './binding-limits.ts';
import { planGroups } from './chunk-groups.ts';
import type { Chunk, ChunkGroup } from './chunk-groups.ts';
import type { ClippedNorm } from './global-norm/clipped-norm.ts';
import { groupedInputs } from './grouped-inputs.ts';
import type { Moments, Slot } from './moments.ts';
import { readNow } from './read-now.ts';
import { runInPlace } from './run-in-place.ts';

/** Moments in float32, 8 bytes for each parameter. */
export class FloatMoments implements Moments {
  readonly #slots: readonly Slot[];
  readonly #groups: readonly ChunkGroup[];
  /** Of each group. */
  #moments: Tensor1D[];

  constructor(slots: readonly Slot[]) {
    this.#slots = slots;
    const limits = bindingLimits();
    // Each chunk binds a parameter and a gradient, and the group its moments and the clip factor.
    this.#groups = planGroups(
      slots.map(({ variable }) => variable.size),
      { chunks: Math.floor((limits.tensors - 2) / 2), wordsPerQuad, words: limits.words },
    );
    this.#moments = this.#groups.map(({ words }) => keptFloats(new Float32Array(words)));
  }

  update(gradients: readonly Tensor[], { clipFactor }: ClippedNorm, coefficients: AdamWCoefficients): void {
    registerAdamWUpdate();
    const parameters = this.#slots.map(({ variable }) => variable);
    for (const [index, group] of this.#groups.entries()) {
      const { chunks } = group;
      const moments = this.#moments[index]!;
      const inputs = groupedInputs(group, { parameter: parameters, gradient: gradients });
      const decays = chunks.map((chunk) => this.#slots[chunk.tensor]!.decays);
      const attrs: AdamWUpdateAttrs = { chunks, decays, coefficients };
      runInPlace(adamWUpdateKernel, { ...inputs, moments, clipFactor }, attrs);
    }
  }

  async read(): Promise<Map<string, StateTensor>> {
    const reads = await Promise.all(this.#moments.map(readNow));
    const state = emptyState(this.#slots);
    for (const [index, { chunks }] of this.#groups.entries()) {
      for (const chunk of chunks) {
        for (const { name, from } of this.#ranges(chunk)) {
          const values = (reads[index] as Float32Array).subarray(from, from + chunk.count);
          (state.get(name)!.data as Float32Array).set(values, chunk.start);
        }
      }
    }
    return state;
  }

  prepare(state: OptimizerState): () => void {
    const found = new Map<string, Float32Array>();
    for (const [name, { shape }] of emptyState(this.#slots)) found.set(name, stateFloats(state, name, shape));
    const filled = this.#groups.map(({ chunks, words }) => {
      const moments = new Float32Array(words);
      for (const chunk of chunks) {
        for (const { name, from } of this.#ranges(chunk))
          moments.set(found.get(name)!.subarray(chunk.start, chunk.start + chunk.count), from);
      }
      return moments;
    });
    return () => {
      this.dispose();
      this.#moments = filled.map(keptFloats);
    };
  }

  dispose(): void {
    for (const moments of this.#moments) moments.dispose();
  }

  /** The names of a chunk's moments, and where they begin in those of its group. */
  #ranges(chunk: Chunk): { name: string; from: number }[] {
    const { name } = this.#slots[chunk.tensor]!;
    return [
      { name: firstMomentName(name), from: chunk.offset },
      { name: secondMomentName(name), from: chunk.offset + secondMomentStride(chunk) },
    ];
  }
}

function keptFloats(values: Float32Array): Tensor1D {
  return keep(tensor1d(values, 'float32'));
}

/** Zeros in the names and shapes of the state. */
function emptyState(slots: readonly Slot[]): Map<string, StateTensor> {
  const state = new Map<string, StateTensor>();
  for (const { name, variable } of slots) {
    for (const moment of [firstMomentName(name), secondMomentName(name)]) {
      state.set(moment, {
        shape: [...variable.shape],
        dtype: 'float32',
        data: new Float32Array(variable.size),
      });
    }
  }
  return state;
}
