import { cpuFloats, cpuInts } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { compensateF32 } from './f32-order.ts';

/** Hands the definition of the bits to tfjs's cpu backend. */
export function compensateCpu(inputs: KernelInputs, _attrs: object, backend: CpuBackend): TensorInfo[] {
  const { y, indices, values, w } = inputs;
  compensateF32(
    cpuFloats(backend, y!),
    cpuInts(backend, indices!),
    cpuFloats(backend, values!),
    cpuFloats(backend, w!),
    y!.shape[0]!,
    y!.shape[1]!,
    indices!.shape[1]!,
  );
  return [];
}
