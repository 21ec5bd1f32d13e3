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
  { tensors, replace }: AccumulateAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const kernels = optimKernels(backend);
  for (let k = 0; k < tensors; k++) {
    const x = inputs[`x${k}`]!;
    const sum = heapOffset(backend, inputs[`sum${k}`]!);
    kernels.accumulate(sum, heapOffset(backend, x), util.sizeFromShape(x.shape), Number(replace));
  }
  return [];
}

/** The scaling on tfjs's wasm backend. */
export function scaleInPlaceOnWasm(
  inputs: KernelInputs,
  { tensors, factor }: ScaleInPlaceAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const kernels = optimKernels(backend);
  for (let k = 0; k < tensors; k++) {
    const x = inputs[`x${k}`]!;
    kernels.scaleInPlace(heapOffset(backend, x), util.sizeFromShape(x.shape), factor);
  }
  return [];
}
