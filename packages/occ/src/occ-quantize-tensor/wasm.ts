import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { occKernels } from '../wasm-kernels.ts';
import type { OccQuantizeTensorAttrs } from './kernel-name.ts';

/** Calls the SIMD kernel on tfjs-wasm's memory. */
export function occQuantizeTensorWasm(
  { x, thresholds }: KernelInputs,
  { granularity, capacity, isE4m3 }: OccQuantizeTensorAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const [rows, cols] = x!.shape as [number, number];
  const outputs = [
    wasmOutput(backend, [rows, Math.ceil(cols / 8)], 'int32'),
    wasmOutput(backend, [granularity === 'vector' ? rows : 1], 'float32'),
    wasmOutput(backend, [rows + 1], 'int32'),
    wasmOutput(backend, [capacity], 'int32'),
    wasmOutput(backend, [capacity], 'float32'),
  ];
  const [codes, scales, starts, columns, values] = outputs.map((info) => heapOffset(backend, info)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  // A clamped row.
  withScratch(backend, 4 * cols, (scratch) => {
    occKernels(backend).occQuantizeTensor(
      heapOffset(backend, x!),
      heapOffset(backend, thresholds!),
      codes,
      scales,
      starts,
      columns,
      values,
      rows,
      cols,
      capacity,
      granularity === 'vector' ? 1 : 0,
      isE4m3 ? 1 : 0,
      scratch,
    );
  });
  return outputs;
}
