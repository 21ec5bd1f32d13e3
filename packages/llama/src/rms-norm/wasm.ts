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
): TensorInfo[] {
  const [rows, width] = x!.shape as [number, number];
  const y = wasmOutput(backend, x!.shape, 'float32');
  const inverseRms = wasmOutput(backend, [rows], 'float32');
  const offsets = [y, inverseRms, x!, gain!].map((info) => heapOffset(backend, info));
  const [yAt, inverseRmsAt, xAt, gainAt] = offsets as [number, number, number, number];
  llamaWasm(backend).rmsNorm(yAt, inverseRmsAt, xAt, gainAt, rows, width, eps);
  return [y, inverseRms];
}

export function residualRmsNormWasm(
  { x, gain, delta }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  if (delta === undefined)
    return [shared(backend, x!), ...rmsNormWasm({ x: x!, gain: gain! }, { eps }, backend)];
  const [rows, width] = x!.shape as [number, number];
  const sum = wasmOutput(backend, x!.shape, 'float32');
  const y = wasmOutput(backend, x!.shape, 'float32');
  const inverseRms = wasmOutput(backend, [rows], 'float32');
  const offsets = [sum, y, inverseRms, x!, delta, gain!].map((info) => heapOffset(backend, info));
  const [sumAt, yAt, inverseRmsAt, xAt, deltaAt, gainAt] = offsets as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  llamaWasm(backend).residualRmsNorm(sumAt, yAt, inverseRmsAt, xAt, deltaAt, gainAt, rows, width, eps);
  return [sum, y, inverseRms];
}

export function rmsNormGradWasm(
  { dy, x, gain, inverseRms, dSum }: KernelInputs,
  _attrs: object,
  backend: WasmBackend,
): TensorInfo[] {
  const [rows, width] = x!.shape as [number, number];
  const dx = wasmOutput(backend, x!.shape, 'float32');
  const dgain = wasmOutput(backend, gain!.shape, 'float32');
  const offsets = [dx, dgain, dy!, x!, gain!, inverseRms!].map((info) => heapOffset(backend, info));
  const [dxAt, dgainAt, dyAt, xAt, gainAt, inverseRmsAt] = offsets as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const dSumAt = dSum === undefined ? 0 : heapOffset(backend, dSum);
  withScratch(backend, width * 4, (partial) => {
    const wasm = llamaWasm(backend);
    wasm.rmsNormGrad(
      dxAt,
      dgainAt,
      partial,
      dyAt,
      dSumAt,
      xAt,
      gainAt,
      inverseRmsAt,
      rows,
      width,
      GAIN_CHUNK,
    );
  });
  return [dx, dgain];
}
