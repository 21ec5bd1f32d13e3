import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { roundRowsE4m3 } from './reference.ts';

/** Hands the reference to tfjs's cpu backend. */
export function roundRowsE4m3Cpu(inputs: KernelInputs, _attrs: object, backend: CpuBackend): TensorInfo {
  const x = inputs['x']!;
  const [rows, cols] = x.shape as [number, number];
  return cpuOutput(backend, [rows, cols], roundRowsE4m3(cpuFloats(backend, x), rows, cols));
}
