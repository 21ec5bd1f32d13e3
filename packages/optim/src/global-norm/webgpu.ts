import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { dispatchGrid } from '../dispatch-grid.ts';
import type { GlobalNormAttrs } from './kernel.ts';
import { blockCount } from './reference.ts';
import { blockStatisticsWgsl, clippedNormWgsl } from './wgsl.ts';

/** The norm, the clip factor and the statistics on tfjs's WebGPU backend: as many tensors a dispatch as can be bound. */
export function globalNormOnGpu(
  inputs: KernelInputs,
  { clipNorm }: GlobalNormAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const tensors = Object.values(inputs).map((x) => ({ x, size: util.sizeFromShape(x.shape) }));
  const blocks = tensors.reduce((sum, { size }) => sum + blockCount(size), 0);
  const norm = gpuOutput(backend, [], 'float32');
  const clipFactor = gpuOutput(backend, [], 'float32');
  // Never empty, so that there is something to bind.
  const statistics = gpuOutput(backend, [Math.max(1, 2 * blocks)], 'float32');
  const bound = tensors.filter(({ size }) => size > 0);
  const slots = backend.device.limits.maxStorageBuffersPerShaderStage - 1;
  let offset = 0;
  for (let first = 0; first < bound.length; first += slots) {
    const group = bound.slice(first, first + slots);
    let groupBlocks = 0;
    const ranges = group.flatMap(({ size }) => {
      const begin = groupBlocks;
      groupBlocks += blockCount(size);
      return [u32(size), u32(begin)];
    });
    runProgram(backend, {
      name: 'blockStatistics',
      wgsl: blockStatisticsWgsl(group.length),
      inputs: group.map(({ x }) => x),
      outputs: [statistics],
      params: [u32(offset), u32(groupBlocks), u32(blocks), ...ranges],
      workgroups: dispatchGrid(groupBlocks),
    });
    offset += groupBlocks;
  }
  runProgram(backend, {
    name: 'clippedNorm',
    wgsl: clippedNormWgsl,
    inputs: [statistics],
    outputs: [norm, clipFactor],
    params: [u32(blocks), f32(clipNorm)],
    workgroups: [1],
  });
  return [norm, clipFactor, statistics];
}
