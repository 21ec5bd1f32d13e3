import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapFloats, heapOffset, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { optimKernels } from '../wasm-module.ts';
import type { AdamWMixedAttrs } from './kernel.ts';
import { momentScales } from './scales.ts';

/** Bytes of scratch that the kernel takes for the last elements: four weights and four gradients. */
const scratchBytes = 32;

/** The update on tfjs's wasm backend. */
export function adamWMixedOnWasm(
  inputs: KernelInputs,
  { chunks, decays, coefficients }: AdamWMixedAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const offset = (name: string): number => heapOffset(backend, inputs[name]!);
  const kernels = optimKernels(backend);
  withScratch(backend, scratchBytes, (scratch) => {
    const bounds = heapFloats(backend, inputs['bounds']!);
    const factor = bounds[0]!;
    if (factor === 0) return;
    for (const [k, chunk] of chunks.entries()) {
      const { first, second, firstInverse, secondInverse } = momentScales(bounds, chunk.tensor);
      kernels.adamWMixed(
        offset(`parameter${k}`) + chunk.start * 4,
        offset('moments') + chunk.offset * 4,
        offset(`gradient${k}`) + chunk.start * 4,
        factor,
        chunk.count,
        first,
        second,
        firstInverse,
        secondInverse,
        coefficients.beta1,
        coefficients.oneMinusBeta1,
        coefficients.beta2,
        coefficients.oneMinusBeta2,
        coefficients.stepSize,
        coefficients.secondCorrection,
        coefficients.epsilon,
        decays[k]! ? coefficients.decay : 0,
        scratch,
      );
    }
  });
  return [];
}
