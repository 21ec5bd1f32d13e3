import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { causalAttention } from '../attention/causal-attention.ts';
import { checkCount, checkTensor } from '../kernel/check-tensor.ts';
import { registerOp } from '../kernel/register-op.ts';
import { cacheAppendCpu, cachedAttentionCpu } from './cpu.ts';
import { CACHE_APPEND, CACHED_ATTENTION } from './kernel.ts';
import type { CachedAttentionAttrs } from './kernel.ts';
import { cacheAppendWasm, cachedAttentionWasm } from './wasm.ts';
import { cacheAppendWebGpu, cachedAttentionWebGpu } from './webgpu.ts';

/** Rotated keys and values of one block, of up to `capacity` positions; `kvWidth` is nKvHeads · headDim. */
export interface BlockCache {
  /** float32 `[kvWidth, capacity]`, written in place. */
  readonly keys: Tensor2D;
  /** float32 `[capacity, kvWidth]`, written in place. */
  readonly values: Tensor2D;
}

/** Options of {@link cachedAttention}. */
export interface CachedAttentionOptions {
  /** Query heads. */
  readonly nHeads: number;
  /** Key and value heads, a divisor of nHeads, as in `causalAttention`. */
  readonly nKvHeads: number;
  /** Components per head. */
  readonly headDim: number;
  /** Position of the first row: the cache holds those before it. */
  readonly offset: number;
}

/**
 * Adds the keys and values of the next rows of a sequence to a cache, in place, and attends with their queries to all
 * that it holds then: the rows that `causalAttention` over the whole sequence would give, to the same bits. Not
 * differentiable.
 *
 * @param qkvSE - float32 `[S, (nHeads + 2 nKvHeads) · headDim]`, rotated
 * @param cache - its capacity is a multiple of 4, at least `offset + S`
 * @returns float32 `[S, nHeads · headDim]`
 * @throws RangeError when a shape or an option does not fit
 * @throws TypeError when a dtype is not float32
 */
export function cachedAttention(
  qkvSE: Tensor2D,
  cache: BlockCache,
  options: CachedAttentionOptions,
): Tensor2D {
  const attrs = checkedAttrs(qkvSE, cache, options);
  registerCachedAttention();
  const inputs = { qkv: qkvSE, ...cache };
  engine().runKernel(CACHE_APPEND, inputs, attrs);
  const { offset, ...heads } = attrs;
  const rows = qkvSE.shape[0];
  // Rows from the start of a sequence need no cache, and the kernel for whole sequences takes several at a time.
  if (offset === 0 && rows > 1) return causalAttention(qkvSE, { ...heads, batch: 1, context: rows });
  return engine().runKernel<Tensor2D>(CACHED_ATTENTION, inputs, attrs);
}

function checkedAttrs(
  qkvSE: Tensor2D,
  { keys, values }: BlockCache,
  { nHeads, nKvHeads, headDim, offset }: CachedAttentionOptions,
): CachedAttentionAttrs {
  for (const [name, tensor] of Object.entries({ qkvSE, keys, values })) {
    checkTensor('cachedAttention', name, tensor, 'float32', 2);
  }
  for (const [name, value] of Object.entries({ nHeads, nKvHeads, headDim })) {
    checkCount('cachedAttention', name, value);
  }
  checkCount('cachedAttention', 'offset', offset, 0);
  if (nHeads % nKvHeads !== 0) {
    throw new RangeError(
      `cachedAttention: nHeads must be a multiple of nKvHeads, but got ${nHeads} and ${nKvHeads}; each key head serves the same number of query heads`,
    );
  }
  const [rows, width] = qkvSE.shape;
  const [capacity, kvWidth] = values.shape;
  if (width !== (nHeads + 2 * nKvHeads) * headDim || rows === 0) {
    throw new RangeError(
      `cachedAttention: qkvSE must have shape [at least 1, ${(nHeads + 2 * nKvHeads) * headDim}], but got [${rows}, ${width}]`,
    );
  }
  if (kvWidth !== nKvHeads * headDim || keys.shape[0] !== kvWidth || keys.shape[1] !== capacity) {
    throw new RangeError(
      `cachedAttention: keys and values must have shapes [${nKvHeads * headDim}, capacity] and [capacity, ${nKvHeads * headDim}], but got [${keys.shape.join(', ')}] and [${values.shape.join(', ')}]`,
    );
  }
  if (capacity % 4 !== 0 || offset + rows > capacity) {
    throw new RangeError(
      `cachedAttention: the capacity must be a multiple of 4 and at least ${offset + rows}, but got ${capacity}; make a larger cache`,
    );
  }
  return { nHeads, nKvHeads, headDim, offset };
}

function registerCachedAttention(): void {
  registerOp(CACHE_APPEND, { cpu: cacheAppendCpu, wasm: cacheAppendWasm, webgpu: cacheAppendWebGpu });
  registerOp(CACHED_ATTENTION, {
    cpu: cachedAttentionCpu,
    wasm: cachedAttentionWasm,
    webgpu: cachedAttentionWebGpu,
  });
}
