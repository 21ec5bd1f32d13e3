import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { roundResidualE4m3 } from './reference.ts';

/** Hands the reference to tfjs's cpu backend. */
export function roundResidualE4m3Cpu(
  { indices, values }: KernelInputs,
  _attrs: object,
  backend: CpuBackend,
): TensorInfo[] {
  const [rows, width] = values!.shape as [number, number];
  const kept = roundResidualE4m3(cpuInts(backend, indices!), cpuFloats(backend, values!), rows, width);
  return [cpuOutput(backend, [rows, width], kept.indices), cpuOutput(backend, [rows, width], kept.values)];
}
