import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { rmsNormF32, rmsNormGradF32 } from './f32-order.ts';
import type { RmsNormAttrs } from './kernel.ts';

export function rmsNormCpu(
  { x, gain }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: CpuBackend,
): TensorInfo {
  return cpuOutput(backend, x!.shape, rmsNormF32(cpuFloats(backend, x!), cpuFloats(backend, gain!), eps));
}

export function rmsNormGradCpu(
  { dy, x, gain }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const [dyMD, xMD, gainD] = [dy!, x!, gain!].map((info) => cpuFloats(backend, info));
  const { dxMD, dgainD } = rmsNormGradF32(dyMD!, xMD!, gainD!, eps);
  return [cpuOutput(backend, x!.shape, dxMD), cpuOutput(backend, gain!.shape, dgainD)];
}
