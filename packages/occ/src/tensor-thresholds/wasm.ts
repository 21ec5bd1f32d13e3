import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { occKernels } from '../wasm-kernels.ts';
import type { ThresholdPlan } from './threshold-plan.ts';

/** Calls the SIMD kernel on tfjs-wasm's memory. */
export function tensorThresholdsWasm(
  inputs: KernelInputs,
  plan: ThresholdPlan,
  backend: WasmBackend,
): TensorInfo {
  const x = inputs['x']!;
  const size = util.sizeFromShape(x.shape);
  const output = wasmOutput(backend, [2], 'float32');
  const sampleBytes = plan.isWhole ? 0 : 4 * plan.count;
  // Lists may take up to three more keys than there is room for.
  withScratch(backend, sampleBytes + 2 * 4 * (plan.room + 4), (scratch) => {
    occKernels(backend).tensorThresholds(
      heapOffset(backend, x),
      size,
      plan.count,
      plan.isWhole ? 1 : 0,
      plan.hash,
      plan.firstLower,
      plan.firstUpper,
      plan.isFinal ? 1 : 0,
      plan.lower,
      plan.upper,
      plan.room,
      heapOffset(backend, output),
      scratch,
    );
  });
  return output;
}
