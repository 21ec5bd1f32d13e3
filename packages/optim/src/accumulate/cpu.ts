import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { AccumulateAttrs, ScaleInPlaceAttrs } from './kernel.ts';
import { accumulateReference, scaleInPlaceReference } from './reference.ts';

/** The accumulation on tfjs's cpu backend. */
export function accumulateOnCpu(
  inputs: KernelInputs,
  { tensors, replace }: AccumulateAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  for (let k = 0; k < tensors; k++)
    accumulateReference(
      cpuFloats(backend, inputs[`sum${k}`]!),
      cpuFloats(backend, inputs[`x${k}`]!),
      replace,
    );
  return [];
}

/** The scaling on tfjs's cpu backend. */
export function scaleInPlaceOnCpu(
  inputs: KernelInputs,
  { tensors, factor }: ScaleInPlaceAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  for (let k = 0; k < tensors; k++) scaleInPlaceReference(cpuFloats(backend, inputs[`x${k}`]!), factor);
  return [];
}
