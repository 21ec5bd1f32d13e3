import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { occKernels } from '../wasm-kernels.ts';
import type { OccQuantizeAttrs } from './kernel-name.ts';

/** Calls the SIMD kernel on tfjs-wasm's memory. */
export function occQuantizeWasm(
  inputs: KernelInputs,
  { lower, upper }: OccQuantizeAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const x = inputs['x']!;
  const [rows, cols] = x.shape as [number, number];
  const width = lower + cols - 1 - upper;
  const words = Math.ceil(cols / 8);
  const outputs = [
    wasmOutput(backend, [rows, words], 'int32'),
    wasmOutput(backend, [rows], 'float32'),
    wasmOutput(backend, [rows, width], 'int32'),
    wasmOutput(backend, [rows, width], 'float32'),
  ];
  const [codes, scales, indices, values] = outputs.map((info) => heapOffset(backend, info)) as [
    number,
    number,
    number,
    number,
  ];
  // Five regions with room for the keys of a row.
  withScratch(backend, 5 * 64 * (Math.ceil(cols / 16) + 1), (scratch) => {
    occKernels(backend).occQuantize(
      heapOffset(backend, x),
      codes,
      scales,
      indices,
      values,
      rows,
      cols,
      lower,
      upper,
      scratch,
    );
  });
  return outputs;
}
