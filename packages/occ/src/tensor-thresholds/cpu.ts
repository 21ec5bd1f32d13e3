import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tensorThresholdsReference } from './reference.ts';
import type { ThresholdPlan } from './threshold-plan.ts';

/** Hands the reference to tfjs's cpu backend. */
export function tensorThresholdsCpu(
  inputs: KernelInputs,
  plan: ThresholdPlan,
  backend: CpuBackend,
): TensorInfo {
  return cpuOutput(backend, [2], tensorThresholdsReference(cpuFloats(backend, inputs['x']!), plan));
}
