import { attentionReference } from '../attention/reference.ts';
import type { Floats } from '../kernel/floats.ts';
import type { CachedAttentionAttrs } from './kernel.ts';

/**
 * Attention of the last rows of a sequence in float64: what causal attention over the whole sequence gives for them.
 *
 * @param qkvTE - the rotated rows of the whole sequence, `[T, (nHeads + 2 nKvHeads) · headDim]`
 * @returns rows `offset` to T of the outputs, `[T − offset, nHeads · headDim]`
 */
export function cachedAttentionReference(
  qkvTE: Floats,
  { nHeads, nKvHeads, headDim, offset }: CachedAttentionAttrs,
): Float64Array {
  const context = qkvTE.length / ((nHeads + 2 * nKvHeads) * headDim);
  const { out } = attentionReference(qkvTE, { batch: 1, context, nHeads, nKvHeads, headDim });
  return out.slice(offset * nHeads * headDim);
}
