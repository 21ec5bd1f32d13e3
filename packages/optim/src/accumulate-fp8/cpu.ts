import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { AccumulateFp8Attrs, AverageFp8Attrs } from './kernel.ts';
import { accumulateFp8Reference, averageFp8Reference, sumScales } from './reference.ts';

/** The accumulation on tfjs's cpu backend. */
export function accumulateFp8OnCpu(
  inputs: KernelInputs,
  { chunks, format, replace }: AccumulateFp8Attrs,
  backend: CpuBackend,
): TensorInfo[] {
  const codes = cpuInts(backend, inputs['codes']!);
  const bounds = cpuFloats(backend, inputs['bounds']!);
  for (const [k, { tensor, start, count, offset }] of chunks.entries()) {
    const scales = sumScales(bounds, tensor, format);
    if (scales === undefined) continue;
    const x = cpuFloats(backend, inputs[`x${k}`]!).subarray(start, start + count);
    accumulateFp8Reference(codes.subarray(offset), x, scales, format, replace);
  }
  return [];
}

/** The means on tfjs's cpu backend. */
export function averageFp8OnCpu(
  inputs: KernelInputs,
  { shapes, groups, format, factor }: AverageFp8Attrs,
  backend: CpuBackend,
): TensorInfo[] {
  const bounds = cpuFloats(backend, inputs['bounds']!);
  const means = shapes.map((shape) => new Float32Array(util.sizeFromShape([...shape])));
  for (const [group, { chunks }] of groups.entries()) {
    const codes = cpuInts(backend, inputs[`codes${group}`]!);
    for (const { tensor, start, count, offset } of chunks) {
      const mean = means[tensor]!.subarray(start, start + count);
      const scales = sumScales(bounds, tensor, format);
      if (scales === undefined) mean.fill(NaN);
      else averageFp8Reference(mean, codes.subarray(offset), scales, format, factor);
    }
  }
  return means.map((mean, tensor) => cpuOutput(backend, shapes[tensor]!, mean));
}
