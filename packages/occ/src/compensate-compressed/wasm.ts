import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { occKernels } from '../wasm-kernels.ts';

/** Calls the SIMD kernel on tfjs-wasm's memory. */
export function compensateCompressedWasm(
  inputs: KernelInputs,
  _attrs: object,
  backend: WasmBackend,
): TensorInfo[] {
  const { y, starts, columns, values, w } = inputs;
  const [rows, cols] = y!.shape as [number, number];
  occKernels(backend).compensateCompressed(
    heapOffset(backend, y!),
    heapOffset(backend, starts!),
    heapOffset(backend, columns!),
    heapOffset(backend, values!),
    heapOffset(backend, w!),
    rows,
    cols,
  );
  return [];
}
