import { cpuFloats } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { applyDgeF32, derivativeScalars } from './f32-order.ts';
import type { ApplyDgeAttrs } from './kernel-name.ts';

/** Hands the definition of the bits to tfjs's cpu backend. */
export function applyDgeCpu(inputs: KernelInputs, attrs: ApplyDgeAttrs, backend: CpuBackend): TensorInfo[] {
  const { dw, w, scales } = inputs;
  const [rows, cols] = dw!.shape as [number, number];
  applyDgeF32(
    cpuFloats(backend, dw!),
    cpuFloats(backend, w!),
    cpuFloats(backend, scales!),
    rows,
    cols,
    derivativeScalars(attrs),
  );
  return [];
}
