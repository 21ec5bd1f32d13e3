import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { swigluF32, swigluGradF32 } from './f32-order.ts';

export function swigluCpu({ gateUp }: KernelInputs, _attrs: object, backend: CpuBackend): TensorInfo {
  const [rows, width] = gateUp!.shape as [number, number];
  const out = swigluF32(cpuFloats(backend, gateUp!), width / 2);
  return cpuOutput(backend, [rows, width / 2], out);
}

export function swigluGradCpu({ dy, gateUp }: KernelInputs, _attrs: object, backend: CpuBackend): TensorInfo {
  const dGateUp = swigluGradF32(cpuFloats(backend, dy!), cpuFloats(backend, gateUp!), dy!.shape[1]!);
  return cpuOutput(backend, gateUp!.shape, dGateUp);
}
