import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { OccQuantizeAttrs } from './kernel-name.ts';
import { occQuantizeReference } from './reference.ts';

/** Hands the reference to tfjs's cpu backend. */
export function occQuantizeCpu(
  inputs: KernelInputs,
  ranks: OccQuantizeAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const x = inputs['x']!;
  const [rows, cols] = x.shape as [number, number];
  const { words, scales, indices, values } = occQuantizeReference(cpuFloats(backend, x), rows, cols, ranks);
  const width = ranks.lower + cols - 1 - ranks.upper;
  return [
    cpuOutput(backend, [rows, Math.ceil(cols / 8)], words),
    cpuOutput(backend, [rows], scales),
    cpuOutput(backend, [rows, width], indices),
    cpuOutput(backend, [rows, width], values),
  ];
}
