import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapFloats, heapOffset, wasmOutput } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { llamaWasm } from '../kernel/llama-wasm.ts';
import type { RopeAttrs } from './kernel.ts';
import { cachedRopeTable } from './table-cache.ts';

export function ropeWasm({ qkv }: KernelInputs, attrs: RopeAttrs, backend: WasmBackend): TensorInfo {
  const out = wasmOutput(backend, qkv!.shape, 'float32');
  rotateOnWasm(out, qkv!, attrs, backend);
  return out;
}

/** Rotates qkv into `out`, which may be qkv itself. */
export function rotateOnWasm(
  out: TensorInfo,
  qkv: TensorInfo,
  { rotatedHeads, headDim, context, angles, offset, direction }: RopeAttrs,
  backend: WasmBackend,
): void {
  const [rows, width] = qkv.shape as [number, number];
  const table = cachedRopeTable(backend, offset + context, headDim, angles, upload);
  const [outAt, qkvAt, tableAt] = [out, qkv, table].map((info) => heapOffset(backend, info));
  llamaWasm(backend).rope(
    outAt!,
    qkvAt!,
    tableAt!,
    rows,
    width,
    rotatedHeads,
    headDim,
    context,
    offset,
    direction,
  );
}

function upload(backend: WasmBackend, shape: [number, number], values: Float32Array): TensorInfo {
  const info = wasmOutput(backend, shape, 'float32');
  heapFloats(backend, info).set(values);
  return info;
}
