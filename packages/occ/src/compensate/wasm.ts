import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { occKernels } from '../wasm-kernels.ts';

/** Calls the SIMD kernel on tfjs-wasm's memory. */
export function compensateWasm(inputs: KernelInputs, _attrs: object, backend: WasmBackend): TensorInfo[] {
  const { y, indices, values, w } = inputs;
  const [rows, cols] = y!.shape as [number, number];
  occKernels(backend).compensate(
    heapOffset(backend, y!),
    heapOffset(backend, indices!),
    heapOffset(backend, values!),
    heapOffset(backend, w!),
    rows,
    cols,
    indices!.shape[1]!,
  );
  return [];
}
