import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { llamaWasm } from '../kernel/llama-wasm.ts';
import type { CachedAttentionAttrs } from './kernel.ts';

export function cacheAppendWasm(
  { qkv, keys, values }: KernelInputs,
  { nHeads, nKvHeads, headDim, offset }: CachedAttentionAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const [qkvAt, keysAt, valuesAt] = [qkv!, keys!, values!].map((info) => heapOffset(backend, info));
  llamaWasm(backend).cacheAppend(
    keysAt!,
    valuesAt!,
    qkvAt!,
    qkv!.shape[0]!,
    values!.shape[0]!,
    offset,
    nHeads,
    nKvHeads,
    headDim,
  );
  return [];
}

export function cachedAttentionWasm(
  { qkv, keys, values }: KernelInputs,
  { nHeads, nKvHeads, headDim, offset }: CachedAttentionAttrs,
  backend: WasmBackend,
): TensorInfo {
  const rows = qkv!.shape[0]!;
  const capacity = values!.shape[0]!;
  const out = wasmOutput(backend, [rows, nHeads * headDim], 'float32');
  const [outAt, qkvAt, keysAt, valuesAt] = [out, qkv!, keys!, values!].map((info) =>
    heapOffset(backend, info),
  );
  withScratch(backend, 4 * capacity, (scores) => {
    llamaWasm(backend).cachedAttention(
      outAt!,
      scores,
      qkvAt!,
      keysAt!,
      valuesAt!,
      rows,
      capacity,
      offset,
      nHeads,
      nKvHeads,
      headDim,
      1 / Math.sqrt(headDim),
    );
  });
  return out;
}
