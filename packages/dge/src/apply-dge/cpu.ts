import { cpuFloats } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ApplyDgeAttrs } from './kernel-name.ts';
import { applyDgeReference } from './reference.ts';

/** Hands the reference to tfjs's cpu backend. */
export function applyDgeCpu(inputs: KernelInputs, attrs: ApplyDgeAttrs, backend: CpuBackend): TensorInfo[] {
  const { dw, w, scales } = inputs;
  const [rows, cols] = dw!.shape as [number, number];
  applyDgeReference(
    cpuFloats(backend, dw!),
    cpuFloats(backend, w!),
    cpuFloats(backend, scales!),
    rows,
    cols,
    attrs.k,
    attrs.clip,
    attrs.outside,
  );
  return [];
}
