import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, Param } from '@nibble-ml/tfjs-bridge/webgpu';
import type { Chunk } from '../chunk-groups.ts';
import { dispatchGrid, elementsPerWorkgroup } from '../dispatch-grid.ts';
import type { AccumulateFp8Attrs, AverageFp8Attrs } from './kernel.ts';
import { accumulateFp8Wgsl, averageFp8Wgsl } from './wgsl.ts';

/** The accumulation on tfjs's WebGPU backend: one dispatch for the group. */
export function accumulateFp8OnGpu(
  inputs: KernelInputs,
  { chunks, format, replace }: AccumulateFp8Attrs,
  backend: GpuBackend,
): TensorInfo[] {
  const { workgroups, ranges } = rangesOf(chunks);
  runProgram(backend, {
    name: 'accumulateFp8',
    wgsl: accumulateFp8Wgsl(chunks.length, format, replace),
    inputs: [...chunks.map((_, k) => inputs[`x${k}`]!), inputs['bounds']!],
    outputs: [inputs['codes']!],
    params: [f32(1), ...ranges],
    workgroups: dispatchGrid(workgroups),
  });
  return [];
}

/** The means on tfjs's WebGPU backend: one dispatch for each group. */
export function averageFp8OnGpu(
  inputs: KernelInputs,
  { shapes, groups, format, factor }: AverageFp8Attrs,
  backend: GpuBackend,
): TensorInfo[] {
  const means = shapes.map((shape) => gpuOutput(backend, shape, 'float32'));
  for (const [group, { chunks }] of groups.entries()) {
    const { workgroups, ranges } = rangesOf(chunks);
    runProgram(backend, {
      name: 'averageFp8',
      wgsl: averageFp8Wgsl(chunks.length, format),
      inputs: [inputs['bounds']!, inputs[`codes${group}`]!],
      outputs: chunks.map(({ tensor }) => means[tensor]!),
      params: [f32(factor), ...ranges],
      workgroups: dispatchGrid(workgroups),
    });
  }
  return means;
}

function rangesOf(chunks: readonly Chunk[]): { workgroups: number; ranges: Param[] } {
  let workgroups = 0;
  const ranges = chunks.flatMap(({ tensor, start, count, offset }) => {
    const begin = workgroups;
    workgroups += Math.ceil(count / elementsPerWorkgroup);
    return [u32(begin), u32(tensor), u32(start), u32(count), u32(offset)];
  });
  return { workgroups, ranges };
}
