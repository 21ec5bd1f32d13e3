import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { optimKernels } from '../wasm-module.ts';
import { lanes, partialCount } from './reference.ts';

/** `globalNorm` on tfjs's wasm backend. */
export function globalNormOnWasm(inputs: KernelInputs, _attrs: object, backend: WasmBackend): TensorInfo[] {
  const tensors = Object.values(inputs).map((x) => ({ x, size: util.sizeFromShape(x.shape) }));
  const count = tensors.reduce((sum, { size }) => sum + partialCount(size), 0);
  const norm = wasmOutput(backend, [], 'float32');
  const partials = wasmOutput(backend, [Math.max(1, count)], 'float32');
  const kernels = optimKernels(backend);
  withScratch(backend, lanes * 4, (scratch) => {
    let offset = heapOffset(backend, partials);
    for (const { x, size } of tensors) {
      kernels.sumOfSquares(heapOffset(backend, x), size, offset, scratch);
      offset += partialCount(size) * 4;
    }
    kernels.normOfPartials(heapOffset(backend, partials), count, heapOffset(backend, norm), scratch);
  });
  return [norm, partials];
}
