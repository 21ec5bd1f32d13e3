import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { optimKernels } from '../wasm-module.ts';
import type { AccumulateAttrs, ScaleInPlaceAttrs } from './kernel.ts';

/** The accumulation on tfjs's wasm backend. */
export function accumulateOnWasm(
  inputs: KernelInputs,
  { replace }: AccumulateAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const { sum, x } = inputs;
  const size = util.sizeFromShape(x!.shape);
  optimKernels(backend).accumulate(heapOffset(backend, sum!), heapOffset(backend, x!), size, Number(replace));
  return [];
}

/** The scaling on tfjs's wasm backend. */
export function scaleInPlaceOnWasm(
  inputs: KernelInputs,
  { factor }: ScaleInPlaceAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const x = inputs['x']!;
  optimKernels(backend).scaleInPlace(heapOffset(backend, x), util.sizeFromShape(x.shape), factor);
  return [];
}
