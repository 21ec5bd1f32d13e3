import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { normOfPartials, partialCount, sumOfSquares } from './reference.ts';

/** `globalNorm` on tfjs's cpu backend. */
export function globalNormOnCpu(inputs: KernelInputs, _attrs: object, backend: CpuBackend): TensorInfo[] {
  const tensors = Object.values(inputs);
  const count = tensors.reduce((sum, { shape }) => sum + partialCount(util.sizeFromShape(shape)), 0);
  const partials = new Float32Array(Math.max(1, count));
  let offset = 0;
  for (const x of tensors) {
    const values = cpuFloats(backend, x);
    sumOfSquares(values, partials, offset);
    offset += partialCount(values.length);
  }
  const norm = cpuOutput(backend, [], Float32Array.of(normOfPartials(partials, count)));
  return [norm, cpuOutput(backend, [partials.length], partials)];
}
