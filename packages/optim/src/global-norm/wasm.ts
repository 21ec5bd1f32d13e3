import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { optimKernels } from '../wasm-module.ts';
import type { GlobalNormAttrs } from './kernel.ts';
import { blockCount, lanes } from './reference.ts';

/** The norm, the clip factor and the statistics on tfjs's wasm backend. */
export function globalNormOnWasm(
  inputs: KernelInputs,
  { clipNorm }: GlobalNormAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const tensors = Object.values(inputs).map((x) => ({ x, size: util.sizeFromShape(x.shape) }));
  const blocks = tensors.reduce((sum, { size }) => sum + blockCount(size), 0);
  const norm = wasmOutput(backend, [], 'float32');
  const clipFactor = wasmOutput(backend, [], 'float32');
  const statistics = wasmOutput(backend, [2 * blocks], 'float32');
  const kernels = optimKernels(backend);
  withScratch(backend, lanes * 4, (scratch) => {
    let sums = heapOffset(backend, statistics);
    for (const { x, size } of tensors) {
      kernels.blockStatistics(heapOffset(backend, x), size, sums, sums + blocks * 4, scratch);
      sums += blockCount(size) * 4;
    }
    kernels.clippedNorm(
      heapOffset(backend, statistics),
      blocks,
      clipNorm,
      heapOffset(backend, norm),
      heapOffset(backend, clipFactor),
      scratch,
    );
  });
  return [norm, clipFactor, statistics];
}
