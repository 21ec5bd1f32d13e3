import { wordsPerQuad } from './adamw-mixed/kernel.ts';
import {
  firstMomentName,
  momentBoundsName,
  secondMomentName,
  stateFloats,
  stateInts,
} from './adamw-state.ts';
import type { OptimizerState, StateTensor } from './adamw-state.ts';
import type { ChunkGroup } from './chunk-groups.ts';
import { boundsLength, boundsStride } from './moment-bounds/kernel.ts';
import type { Slot } from './moments.ts';

/** Sorts the words of the groups' moments by parameter and by moment. */
export function codesToState(
  slots: readonly Slot[],
  groups: readonly ChunkGroup[],
  moments: readonly Int32Array[],
): Map<string, StateTensor> {
  const state = new Map<string, StateTensor>();
  const codes = slots.map(({ name, variable }) => {
    const quads = Math.ceil(variable.size / 4);
    const first = new Int32Array(quads);
    const second = new Int32Array(2 * quads);
    state.set(firstMomentName(name), { shape: [quads], dtype: 'int32', data: first });
    state.set(secondMomentName(name), { shape: [2 * quads], dtype: 'int32', data: second });
    return { first, second };
  });
  forEachQuad(groups, (group, tensor, quad, at) => {
    const { first, second } = codes[tensor]!;
    const words = moments[group]!;
    first[quad] = words[at]!;
    second[2 * quad] = words[at + 1]!;
    second[2 * quad + 1] = words[at + 2]!;
  });
  return state;
}

/**
 * Undoes {@link codesToState}.
 *
 * @throws RangeError when a tensor is missing or of another shape; TypeError when it is not int32
 */
export function codesIn(
  state: OptimizerState,
  slots: readonly Slot[],
  groups: readonly ChunkGroup[],
): Int32Array[] {
  const codes = slots.map(({ name, variable }) => {
    const quads = Math.ceil(variable.size / 4);
    return {
      first: stateInts(state, firstMomentName(name), [quads]),
      second: stateInts(state, secondMomentName(name), [2 * quads]),
    };
  });
  const moments = groups.map(({ words }) => new Int32Array(words));
  forEachQuad(groups, (group, tensor, quad, at) => {
    const { first, second } = codes[tensor]!;
    moments[group]!.set([first[quad]!, second[2 * quad]!, second[2 * quad + 1]!], at);
  });
  return moments;
}

/** The bounds after the last update, by parameter. */
export function boundsToState(slots: readonly Slot[], bounds: Float32Array): Map<string, StateTensor> {
  const state = new Map<string, StateTensor>();
  for (const [tensor, { name }] of slots.entries()) {
    const at = 1 + boundsStride * tensor + 2;
    state.set(momentBoundsName(name), { shape: [2], dtype: 'float32', data: bounds.slice(at, at + 2) });
  }
  return state;
}

/**
 * Undoes {@link boundsToState}.
 *
 * @throws RangeError when a tensor is missing, of another shape or no bound; TypeError when it is not float32
 */
export function boundsIn(state: OptimizerState, slots: readonly Slot[]): Float32Array {
  const bounds = new Float32Array(boundsLength(slots.length));
  for (const [tensor, { name }] of slots.entries()) {
    const values = stateFloats(state, momentBoundsName(name), [2]);
    if (!values.every((bound) => bound >= 0 && bound < Infinity)) {
      throw new RangeError(
        `restore: ${momentBoundsName(name)} must be finite and at least 0, but got ${values.join(', ')}; pass what state() returned`,
      );
    }
    bounds.set(values, 1 + boundsStride * tensor + 2);
  }
  return bounds;
}

/** Visits every four elements: their tensor and place in it, and where their words begin in the group's moments. */
function forEachQuad(
  groups: readonly ChunkGroup[],
  visit: (group: number, tensor: number, quad: number, at: number) => void,
): void {
  for (const [group, { chunks }] of groups.entries()) {
    for (const { tensor, start, count, offset } of chunks) {
      for (let quad = 0; quad < Math.ceil(count / 4); quad++)
        visit(group, tensor, start / 4 + quad, offset + wordsPerQuad * quad);
    }
  }
}
