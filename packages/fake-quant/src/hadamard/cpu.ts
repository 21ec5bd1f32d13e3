import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import { hadamardF32 } from './f32-order.ts';
import type { HadamardAttrs } from './options.ts';

/** `HadamardTransform` on the cpu backend. */
export const hadamardCpu: KernelFunction<CpuBackend, HadamardAttrs> = ({ x }, attrs, backend) => {
  const [rows, cols] = x!.shape as [number, number];
  return cpuOutput(backend, x!.shape, hadamardF32(cpuFloats(backend, x!), rows, cols, attrs));
};
