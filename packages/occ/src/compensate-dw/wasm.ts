import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { occKernels } from '../wasm-kernels.ts';

/** Calls the SIMD kernel on tfjs-wasm's memory. */
export function compensateDwWasm(inputs: KernelInputs, _attrs: object, backend: WasmBackend): TensorInfo[] {
  const { dw, dy, indices, values } = inputs;
  const [n, k] = dw!.shape as [number, number];
  const [m, width] = indices!.shape as [number, number];
  if (m * width === 0) return [];
  withScratch(backend, 4 * n * k, (sums) => {
    occKernels(backend).compensateDw(
      heapOffset(backend, dw!),
      heapOffset(backend, dy!),
      heapOffset(backend, indices!),
      heapOffset(backend, values!),
      m,
      n,
      k,
      width,
      sums,
    );
  });
  return [];
}
