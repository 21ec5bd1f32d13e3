import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapFloats } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { SpikeGuardAttrs } from './kernel.ts';
import { spikeGuardReference } from './reference.ts';

/** The guard on tfjs's wasm backend: a few hundred operations, so the definition itself, on the heap. */
export function spikeGuardOnWasm(
  inputs: KernelInputs,
  attrs: SpikeGuardAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const { norm, loss, clipFactor, history } = inputs;
  const lossValue = loss === undefined ? undefined : heapFloats(backend, loss)[0]!;
  const isLeftOut = spikeGuardReference(
    heapFloats(backend, history!),
    heapFloats(backend, norm!)[0]!,
    lossValue,
    attrs,
  );
  if (isLeftOut) heapFloats(backend, clipFactor!)[0] = 0;
  return [];
}
