import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { occKernels } from '../wasm-kernels.ts';

/** Calls the SIMD kernel on tfjs-wasm's memory. */
export function roundRowsE4m3Wasm(inputs: KernelInputs, _attrs: object, backend: WasmBackend): TensorInfo {
  const x = inputs['x']!;
  const [rows, cols] = x.shape as [number, number];
  const output = wasmOutput(backend, [rows, cols], 'float32');
  occKernels(backend).roundRowsE4m3(heapOffset(backend, x), heapOffset(backend, output), rows, cols);
  return output;
}
