import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { RopeAttrs } from './kernel.ts';
import { ropeReference } from './reference.ts';

export function ropeCpu({ qkv }: KernelInputs, attrs: RopeAttrs, backend: CpuBackend): TensorInfo {
  const rotated = ropeReference(cpuFloats(backend, qkv!), qkv!.shape[1]!, attrs);
  return cpuOutput(backend, qkv!.shape, new Float32Array(rotated));
}
