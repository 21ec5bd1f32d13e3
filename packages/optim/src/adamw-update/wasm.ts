import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { optimKernels } from '../wasm-module.ts';
import type { AdamWCoefficients } from './kernel.ts';

/** The update on tfjs's wasm backend. */
export function adamWUpdateOnWasm(
  inputs: KernelInputs,
  attrs: AdamWCoefficients,
  backend: WasmBackend,
): TensorInfo[] {
  const offset = (name: string): number => heapOffset(backend, inputs[name]!);
  optimKernels(backend).adamWUpdate(
    offset('parameter'),
    offset('firstMoment'),
    offset('secondMoment'),
    offset('gradient'),
    offset('clipFactor'),
    util.sizeFromShape(inputs['parameter']!.shape),
    attrs.beta1,
    attrs.oneMinusBeta1,
    attrs.beta2,
    attrs.oneMinusBeta2,
    attrs.stepSize,
    attrs.secondCorrection,
    attrs.epsilon,
    attrs.decay,
  );
  return [];
}
