import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuInts } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { SumBoundsAttrs } from './kernel.ts';
import { sumBoundsReference } from './reference.ts';

/** The bounds on tfjs's cpu backend. */
export function sumBoundsOnCpu(
  inputs: KernelInputs,
  { replace }: SumBoundsAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const statistics = cpuFloats(backend, inputs['statistics']!);
  sumBoundsReference(
    cpuFloats(backend, inputs['bounds']!),
    statistics.subarray(statistics.length / 2),
    cpuInts(backend, inputs['blockStarts']!),
    replace,
  );
  return [];
}
