import { cpuFloats, cpuInts } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { compensateDwF32 } from './f32-order.ts';

/** Hands the definition of the bits to tfjs's cpu backend. */
export function compensateDwCpu(inputs: KernelInputs, _attrs: object, backend: CpuBackend): TensorInfo[] {
  const { dw, dy, indices, values } = inputs;
  const [n, k] = dw!.shape as [number, number];
  const [m, width] = indices!.shape as [number, number];
  compensateDwF32(
    cpuFloats(backend, dw!),
    cpuFloats(backend, dy!),
    cpuInts(backend, indices!),
    cpuFloats(backend, values!),
    { m, n, k, width },
  );
  return [];
}
