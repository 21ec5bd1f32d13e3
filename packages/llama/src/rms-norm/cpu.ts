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
): TensorInfo[] {
  const { yMD, inverseRmsM } = rmsNormF32(cpuFloats(backend, x!), cpuFloats(backend, gain!), eps);
  return [cpuOutput(backend, x!.shape, yMD), cpuOutput(backend, [x!.shape[0]!], inverseRmsM)];
}

export function residualRmsNormCpu(
  { x, gain, delta }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  if (delta === undefined)
    return [shared(backend, x!), ...rmsNormCpu({ x: x!, gain: gain! }, { eps }, backend)];
  const [xMD, deltaMD] = [x!, delta].map((info) => cpuFloats(backend, info));
  const sum = cpuOutput(
    backend,
    x!.shape,
    xMD!.map((value, i) => value + deltaMD![i]!),
  );
  return [sum, ...rmsNormCpu({ x: sum, gain: gain! }, { eps }, backend)];
}

export function rmsNormGradCpu(
  { dy, x, gain, inverseRms, dSum }: KernelInputs,
  _attrs: object,
  backend: CpuBackend,
): TensorInfo[] {
  const [dyMD, xMD, gainD, inverseRmsM] = [dy!, x!, gain!, inverseRms!].map((info) =>
    cpuFloats(backend, info),
  );
  const dSumMD = dSum === undefined ? undefined : cpuFloats(backend, dSum);
  const { dxMD, dgainD } = rmsNormGradF32(dyMD!, xMD!, gainD!, inverseRmsM!, dSumMD);
  return [cpuOutput(backend, x!.shape, dxMD), cpuOutput(backend, gain!.shape, dgainD)];
}
