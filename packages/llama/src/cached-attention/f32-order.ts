import { attendF32, scaleInto } from '../attention/attend-f32.ts';
import type { CachedAttentionAttrs } from './kernel.ts';

/** Keys and values that went before. Keys lie component by component, so that neighbouring positions are neighbours. */
export interface CacheValues {
  /** `[kvWidth, capacity]` */
  readonly keys: Float32Array;
  /** `[capacity, kvWidth]` */
  readonly values: Float32Array;
}

/** Writes the key and value heads of rows `[S, E]` into a cache, from position `offset` on. */
export function appendF32(
  qkvSE: Float32Array,
  { keys, values }: CacheValues,
  { nHeads, nKvHeads, headDim, offset }: CachedAttentionAttrs,
): void {
  const kvWidth = nKvHeads * headDim;
  const width = nHeads * headDim + 2 * kvWidth;
  const capacity = keys.length / kvWidth;
  for (let s = 0; s * width < qkvSE.length; s++) {
    const from = s * width + nHeads * headDim;
    for (let c = 0; c < kvWidth; c++) keys[c * capacity + offset + s] = qkvSE[from + c]!;
    values.set(qkvSE.subarray(from + kvWidth, from + 2 * kvWidth), (offset + s) * kvWidth);
  }
}

/**
 * Attention of rows `[S, E]` over what the cache holds, their own keys and values included, with the bits that
 * `attentionF32` gives for the same rows of the whole sequence.
 */
export function cachedAttentionF32(
  qkvSE: Float32Array,
  { keys, values }: CacheValues,
  { nHeads, nKvHeads, headDim, offset }: CachedAttentionAttrs,
): Float32Array {
  const kvWidth = nKvHeads * headDim;
  const width = nHeads * headDim + 2 * kvWidth;
  const capacity = keys.length / kvWidth;
  const rows = qkvSE.length / width;
  const out = new Float32Array(rows * nHeads * headDim);
  const query = new Float32Array(headDim);
  const weights = new Float32Array(offset + rows);
  for (let s = 0; s < rows; s++) {
    for (let head = 0; head < nHeads; head++) {
      const first = Math.floor(head / (nHeads / nKvHeads)) * headDim;
      scaleInto(query, qkvSE, s * width + head * headDim);
      attendF32(
        query,
        { data: keys, start: first * capacity, stride: 1, step: capacity },
        { data: values, start: first, stride: kvWidth, step: 1 },
        offset + s + 1,
        weights,
        out,
        (s * nHeads + head) * headDim,
      );
    }
  }
  return out;
}
