import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { secondMomentStride } from './kernel.ts';
import type { AdamWUpdateAttrs } from './kernel.ts';
import { adamWUpdateReference } from './reference.ts';

/** The update on tfjs's cpu backend. */
export function adamWUpdateOnCpu(
  inputs: KernelInputs,
  { chunks, decays, coefficients }: AdamWUpdateAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const floats = (name: string): Float32Array => cpuFloats(backend, inputs[name]!);
  const [factor] = floats('clipFactor');
  const moments = floats('moments');
  for (const [k, chunk] of chunks.entries()) {
    const { start, count, offset } = chunk;
    const second = offset + secondMomentStride(chunk);
    adamWUpdateReference(
      floats(`parameter${k}`).subarray(start, start + count),
      moments.subarray(offset, offset + count),
      moments.subarray(second, second + count),
      floats(`gradient${k}`).subarray(start, start + count),
      factor!,
      coefficients,
      decays[k]!,
    );
  }
  return [];
}
