import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuInts } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { MomentBoundsAttrs } from './kernel.ts';
import { momentBoundsReference } from './reference.ts';

/** The bounds on tfjs's cpu backend. */
export function momentBoundsOnCpu(
  inputs: KernelInputs,
  attrs: MomentBoundsAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const statistics = cpuFloats(backend, inputs['statistics']!);
  momentBoundsReference(
    cpuFloats(backend, inputs['bounds']!),
    cpuFloats(backend, inputs['clipFactor']!)[0]!,
    statistics.subarray(statistics.length / 2),
    cpuInts(backend, inputs['blockStarts']!),
    attrs,
  );
  return [];
}
