import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { occKernels } from '../wasm-kernels.ts';

/** Calls the SIMD kernel on tfjs-wasm's memory. */
export function transposeWeightWasm(inputs: KernelInputs, _attrs: object, backend: WasmBackend): TensorInfo {
  const w = inputs['w']!;
  const [n, k] = w.shape as [number, number];
  const output = wasmOutput(backend, [k, n], 'float32');
  occKernels(backend).transpose(heapOffset(backend, w), heapOffset(backend, output), n, k);
  return output;
}
