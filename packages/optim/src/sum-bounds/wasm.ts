import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapFloats, heapInts } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { SumBoundsAttrs } from './kernel.ts';
import { sumBoundsReference } from './reference.ts';

/** The bounds on tfjs's wasm backend: a few numbers for each tensor, so the definition itself, on the heap. */
export function sumBoundsOnWasm(
  inputs: KernelInputs,
  { replace }: SumBoundsAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const statistics = heapFloats(backend, inputs['statistics']!);
  sumBoundsReference(
    heapFloats(backend, inputs['bounds']!),
    statistics.subarray(statistics.length / 2),
    heapInts(backend, inputs['blockStarts']!),
    replace,
  );
  return [];
}
