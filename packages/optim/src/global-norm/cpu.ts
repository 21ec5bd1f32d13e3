import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { GlobalNormAttrs } from './kernel.ts';
import { blockCount, blockStatistics, clipFactorOf, normOfSums } from './reference.ts';

/** The norm, the clip factor and the statistics on tfjs's cpu backend. */
export function globalNormOnCpu(
  inputs: KernelInputs,
  { clipNorm }: GlobalNormAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const tensors = Object.values(inputs);
  const blocks = tensors.reduce((sum, { shape }) => sum + blockCount(util.sizeFromShape(shape)), 0);
  const statistics = new Float32Array(2 * blocks);
  let offset = 0;
  for (const x of tensors) {
    const values = cpuFloats(backend, x);
    blockStatistics(values, statistics, offset, blocks);
    offset += blockCount(values.length);
  }
  const norm = normOfSums(statistics, blocks);
  return [
    cpuOutput(backend, [], Float32Array.of(norm)),
    cpuOutput(backend, [], Float32Array.of(clipFactorOf(norm, clipNorm))),
    cpuOutput(backend, [statistics.length], statistics),
  ];
}
