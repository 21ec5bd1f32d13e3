import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuInts } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { AdamWMixedAttrs } from './kernel.ts';
import { adamWMixedReference } from './reference.ts';
import { momentScales } from './scales.ts';

/** The update on tfjs's cpu backend. */
export function adamWMixedOnCpu(
  inputs: KernelInputs,
  { chunks, decays, coefficients }: AdamWMixedAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const floats = (name: string): Float32Array => cpuFloats(backend, inputs[name]!);
  const bounds = floats('bounds');
  const moments = cpuInts(backend, inputs['moments']!);
  const factor = bounds[0]!;
  if (factor === 0) return [];
  for (const [k, { tensor, start, count, offset }] of chunks.entries()) {
    adamWMixedReference(
      floats(`parameter${k}`).subarray(start, start + count),
      moments.subarray(offset),
      floats(`gradient${k}`).subarray(start, start + count),
      factor,
      momentScales(bounds, tensor),
      coefficients,
      decays[k]!,
    );
  }
  return [];
}
