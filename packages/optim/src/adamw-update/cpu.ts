import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { AdamWCoefficients } from './kernel.ts';
import { adamWUpdateReference } from './reference.ts';

/** The update on tfjs's cpu backend. */
export function adamWUpdateOnCpu(
  inputs: KernelInputs,
  attrs: AdamWCoefficients,
  backend: CpuBackend,
): TensorInfo[] {
  const floats = (name: string): Float32Array => cpuFloats(backend, inputs[name]!);
  const [factor] = floats('clipFactor');
  const parameter = floats('parameter');
  adamWUpdateReference(
    parameter,
    floats('firstMoment'),
    floats('secondMoment'),
    floats('gradient'),
    factor!,
    attrs,
  );
  return [];
}
