import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { occKernels } from '../wasm-kernels.ts';

/** Calls the kernel on tfjs-wasm's memory. */
export function roundResidualE4m3Wasm(
  { indices, values }: KernelInputs,
  _attrs: object,
  backend: WasmBackend,
): TensorInfo[] {
  const [rows, width] = values!.shape as [number, number];
  const outputs = [
    wasmOutput(backend, [rows, width], 'int32'),
    wasmOutput(backend, [rows, width], 'float32'),
  ] as const;
  occKernels(backend).roundResidualE4m3(
    heapOffset(backend, indices!),
    heapOffset(backend, values!),
    heapOffset(backend, outputs[0]),
    heapOffset(backend, outputs[1]),
    rows,
    width,
  );
  return [...outputs];
}
