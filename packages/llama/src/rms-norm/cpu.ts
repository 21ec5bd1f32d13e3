import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { shared } from '../kernel/shared.ts';
import { rmsNormF32, rmsNormGradF32 } from './f32-order.ts';
import type { RmsNormAttrs } from './kernel.ts';

export function rmsNormCpu(
  { x, gain }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: CpuBackend,
): TensorInfo {
  return cpuOutput(backend, x!.shape, rmsNormF32(cpuFloats(backend, x!), cpuFloats(backend, gain!), eps));
}

export function residualRmsNormCpu(
  { x, gain, delta }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  if (delta === undefined) return [shared(backend, x!), rmsNormCpu({ x: x!, gain: gain! }, { eps }, backend)];
  const [xMD, deltaMD, gainD] = [x!, delta, gain!].map((info) => cpuFloats(backend, info));
  const sumMD = xMD!.map((value, i) => value + deltaMD![i]!);
  const normed = cpuOutput(backend, x!.shape, rmsNormF32(sumMD, gainD!, eps));
  return [cpuOutput(backend, x!.shape, sumMD), normed];
}

export function rmsNormGradCpu(
  { dy, x, gain, dSum }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const [dyMD, xMD, gainD] = [dy!, x!, gain!].map((info) => cpuFloats(backend, info));
  const dSumMD = dSum === undefined ? undefined : cpuFloats(backend, dSum);
  const { dxMD, dgainD } = rmsNormGradF32(dyMD!, xMD!, gainD!, eps, dSumMD);
  return [cpuOutput(backend, x!.shape, dxMD), cpuOutput(backend, gain!.shape, dgainD)];
}
