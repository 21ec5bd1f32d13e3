import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { optimKernels } from '../wasm-module.ts';
import { secondMomentStride } from './kernel.ts';
import type { AdamWUpdateAttrs } from './kernel.ts';

/** The update on tfjs's wasm backend. */
export function adamWUpdateOnWasm(
  inputs: KernelInputs,
  { chunks, decays, coefficients }: AdamWUpdateAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const offset = (name: string): number => heapOffset(backend, inputs[name]!);
  const kernels = optimKernels(backend);
  for (const [k, chunk] of chunks.entries()) {
    const moments = offset('moments') + chunk.offset * 4;
    kernels.adamWUpdate(
      offset(`parameter${k}`) + chunk.start * 4,
      moments,
      moments + secondMomentStride(chunk) * 4,
      offset(`gradient${k}`) + chunk.start * 4,
      offset('clipFactor'),
      chunk.count,
      coefficients.beta1,
      coefficients.oneMinusBeta1,
      coefficients.beta2,
      coefficients.oneMinusBeta2,
      coefficients.stepSize,
      coefficients.secondCorrection,
      coefficients.epsilon,
      decays[k]! ? coefficients.decay : 0,
    );
  }
  return [];
}
