import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuResult } from '../kernel/gpu-result.ts';
import { withGpuScratch } from '../kernel/gpu-scratch.ts';
import { rowThreadGrid } from '../kernel/wgsl.ts';
import type { CachedAttentionAttrs } from './kernel.ts';
import { cacheAppendWgsl, cachedAttentionWgsl } from './wgsl.ts';

export function cacheAppendWebGpu(
  { qkv, keys, values }: KernelInputs,
  attrs: CachedAttentionAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const rows = qkv!.shape[0]!;
  const [capacity, kvWidth] = values!.shape as [number, number];
  runProgram(backend, {
    name: 'cacheAppend',
    wgsl: cacheAppendWgsl(attrs),
    inputs: [qkv!],
    outputs: [keys!, values!],
    params: [u32(rows), u32(capacity), u32(attrs.offset)],
    workgroups: rowThreadGrid(rows, kvWidth),
  });
  return [];
}

export function cachedAttentionWebGpu(
  { qkv, keys, values }: KernelInputs,
  attrs: CachedAttentionAttrs,
  backend: GpuBackend,
): TensorInfo {
  const { nHeads, headDim, offset } = attrs;
  const rows = qkv!.shape[0]!;
  const capacity = values!.shape[0]!;
  const attended = gpuResult(backend, [rows, nHeads * headDim]);
  withGpuScratch(backend, [rows * nHeads, capacity], 'float32', (scores) => {
    runProgram(backend, {
      name: 'cachedAttention',
      wgsl: cachedAttentionWgsl(attrs),
      inputs: [qkv!, keys!, values!],
      outputs: [attended, scores],
      params: [u32(capacity), u32(offset), f32(1 / Math.sqrt(headDim))],
      workgroups: [nHeads, rows],
    });
  });
  return attended;
}
