import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { occKernels } from '../wasm-kernels.ts';

/** Calls the SIMD kernel on tfjs-wasm's memory. */
export function compensateDwCompressedWasm(
  inputs: KernelInputs,
  _attrs: object,
  backend: WasmBackend,
): TensorInfo[] {
  const { dw, dy, starts, columns, values } = inputs;
  const [n, k] = dw!.shape as [number, number];
  withScratch(backend, 4 * n * k, (sums) => {
    occKernels(backend).compensateDwCompressed(
      heapOffset(backend, dw!),
      heapOffset(backend, dy!),
      heapOffset(backend, starts!),
      heapOffset(backend, columns!),
      heapOffset(backend, values!),
      dy!.shape[0]!,
      n,
      k,
      sums,
    );
  });
  return [];
}
