import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapFloats, heapInts } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { MomentBoundsAttrs } from './kernel.ts';
import { momentBoundsReference } from './reference.ts';

/** The bounds on tfjs's wasm backend: a few numbers for each tensor, so the definition itself, on the heap. */
export function momentBoundsOnWasm(
  inputs: KernelInputs,
  attrs: MomentBoundsAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const statistics = heapFloats(backend, inputs['statistics']!);
  momentBoundsReference(
    heapFloats(backend, inputs['bounds']!),
    heapFloats(backend, inputs['clipFactor']!)[0]!,
    statistics.subarray(statistics.length / 2),
    heapInts(backend, inputs['blockStarts']!),
    attrs,
  );
  return [];
}
