import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { llamaWasm } from '../kernel/llama-wasm.ts';

export function swigluWasm({ gateUp }: KernelInputs, _attrs: object, backend: WasmBackend): TensorInfo {
  const [rows, width] = gateUp!.shape as [number, number];
  const out = wasmOutput(backend, [rows, width / 2], 'float32');
  llamaWasm(backend).swiglu(heapOffset(backend, out), heapOffset(backend, gateUp!), rows, width / 2);
  return out;
}

export function swigluGradWasm(
  { dy, gateUp }: KernelInputs,
  _attrs: object,
  backend: WasmBackend,
): TensorInfo {
  const [rows, ffnDim] = dy!.shape as [number, number];
  const dGateUp = wasmOutput(backend, gateUp!.shape, 'float32');
  const [dGateUpAt, dyAt, gateUpAt] = [dGateUp, dy!, gateUp!].map((info) => heapOffset(backend, info));
  llamaWasm(backend).swigluGrad(dGateUpAt!, dyAt!, gateUpAt!, rows, ffnDim);
  return dGateUp;
}
