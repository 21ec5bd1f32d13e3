import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { llamaWasm } from '../kernel/llama-wasm.ts';
import { GAIN_CHUNK } from './f32-order.ts';
import type { RmsNormAttrs } from './kernel.ts';

export function rmsNormWasm(
  { x, gain }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: WasmBackend,
): TensorInfo {
  const [rows, width] = x!.shape as [number, number];
  const y = wasmOutput(backend, x!.shape, 'float32');
  const [yAt, xAt, gainAt] = [y, x!, gain!].map((info) => heapOffset(backend, info));
  llamaWasm(backend).rmsNorm(yAt!, xAt!, gainAt!, rows, width, eps);
  return y;
}

export function rmsNormGradWasm(
  { dy, x, gain }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const [rows, width] = x!.shape as [number, number];
  const dx = wasmOutput(backend, x!.shape, 'float32');
  const dgain = wasmOutput(backend, gain!.shape, 'float32');
  const offsets = [dx, dgain, dy!, x!, gain!].map((info) => heapOffset(backend, info));
  const [dxAt, dgainAt, dyAt, xAt, gainAt] = offsets as [number, number, number, number, number];
  withScratch(backend, width * 4, (partial) => {
    llamaWasm(backend).rmsNormGrad(dxAt, dgainAt, partial, dyAt, xAt, gainAt, rows, width, eps, GAIN_CHUNK);
  });
  return [dx, dgain];
}
