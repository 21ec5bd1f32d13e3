import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { optimKernels } from '../wasm-module.ts';
import type { ClipFactorAttrs } from './kernel.ts';

/** `clipFactor` on tfjs's wasm backend. */
export function clipFactorOnWasm(
  inputs: KernelInputs,
  { clipNorm }: ClipFactorAttrs,
  backend: WasmBackend,
): TensorInfo {
  const factor = wasmOutput(backend, [], 'float32');
  optimKernels(backend).clipFactor(
    heapOffset(backend, inputs['norm']!),
    clipNorm,
    heapOffset(backend, factor),
  );
  return factor;
}
