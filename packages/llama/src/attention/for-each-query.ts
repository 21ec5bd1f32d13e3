import type { AttentionAttrs } from './kernel.ts';

/** One query of one head, and where its keys and values are. */
export interface Query {
  /** Position in its sequence, row of the batch, and head. */
  readonly t: number;
  readonly row: number;
  readonly head: number;
  /** Offset of the query, and of key and value 0 of its sequence; further keys and values are `stride` apart. */
  readonly q: number;
  readonly k: number;
  readonly v: number;
  readonly stride: number;
}

/** Visits the queries of each sequence, head and position, in that order. */
export function forEachQuery(
  { batch, context, nHeads, nKvHeads, headDim }: AttentionAttrs,
  visit: (query: Query) => void,
): void {
  const stride = (nHeads + 2 * nKvHeads) * headDim;
  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < nHeads; head++) {
      const kvHead = Math.floor(head / (nHeads / nKvHeads));
      const k = b * context * stride + (nHeads + kvHead) * headDim;
      const v = k + nKvHeads * headDim;
      for (let t = 0; t < context; t++) {
        const row = b * context + t;
        visit({ t, row, head, q: row * stride + head * headDim, k, v, stride });
      }
    }
  }
}
