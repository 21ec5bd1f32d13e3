import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { ropeF32 } from './f32-order.ts';
import type { RopeAttrs } from './kernel.ts';

export function ropeCpu({ qkv }: KernelInputs, attrs: RopeAttrs, backend: CpuBackend): TensorInfo {
  const rotated = ropeF32(cpuFloats(backend, qkv!), qkv!.shape[1]!, attrs);
  return cpuOutput(backend, qkv!.shape, rotated);
}
