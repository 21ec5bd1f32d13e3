import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { llamaWasm } from '../kernel/llama-wasm.ts';
import { shared } from '../kernel/shared.ts';
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

export function residualRmsNormWasm(
  { x, gain, delta }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  if (delta === undefined)
    return [shared(backend, x!), rmsNormWasm({ x: x!, gain: gain! }, { eps }, backend)];
  const [rows, width] = x!.shape as [number, number];
  const sum = wasmOutput(backend, x!.shape, 'float32');
  const y = wasmOutput(backend, x!.shape, 'float32');
  const offsets = [sum, y, x!, delta, gain!].map((info) => heapOffset(backend, info));
  const [sumAt, yAt, xAt, deltaAt, gainAt] = offsets as [number, number, number, number, number];
  llamaWasm(backend).residualRmsNorm(sumAt, yAt, xAt, deltaAt, gainAt, rows, width, eps);
  return [sum, y];
}

export function rmsNormGradWasm(
  { dy, x, gain, dSum }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const [rows, width] = x!.shape as [number, number];
  const dx = wasmOutput(backend, x!.shape, 'float32');
  const dgain = wasmOutput(backend, gain!.shape, 'float32');
  const offsets = [dx, dgain, dy!, x!, gain!].map((info) => heapOffset(backend, info));
  const [dxAt, dgainAt, dyAt, xAt, gainAt] = offsets as [number, number, number, number, number];
  const dSumAt = dSum === undefined ? 0 : heapOffset(backend, dSum);
  withScratch(backend, width * 4, (partial) => {
    const wasm = llamaWasm(backend);
    wasm.rmsNormGrad(dxAt, dgainAt, partial, dyAt, dSumAt, xAt, gainAt, rows, width, eps, GAIN_CHUNK);
  });
  return [dx, dgain];
}
