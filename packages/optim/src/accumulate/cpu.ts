import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { AccumulateAttrs, ScaleInPlaceAttrs } from './kernel.ts';
import { accumulateReference, scaleInPlaceReference } from './reference.ts';

/** The accumulation on tfjs's cpu backend. */
export function accumulateOnCpu(
  inputs: KernelInputs,
  { replace }: AccumulateAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  accumulateReference(cpuFloats(backend, inputs['sum']!), cpuFloats(backend, inputs['x']!), replace);
  return [];
}

/** The scaling on tfjs's cpu backend. */
export function scaleInPlaceOnCpu(
  inputs: KernelInputs,
  { factor }: ScaleInPlaceAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  scaleInPlaceReference(cpuFloats(backend, inputs['x']!), factor);
  return [];
}
