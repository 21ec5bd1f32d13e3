import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { ClipFactorAttrs } from './kernel.ts';
import { clipFactorOf } from './reference.ts';

/** `clipFactor` on tfjs's cpu backend. */
export function clipFactorOnCpu(
  inputs: KernelInputs,
  { clipNorm }: ClipFactorAttrs,
  backend: CpuBackend,
): TensorInfo {
  const [norm] = cpuFloats(backend, inputs['norm']!);
  return cpuOutput(backend, [], Float32Array.of(clipFactorOf(norm!, clipNorm)));
}
