import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuResult } from '../kernel/gpu-result.ts';
import { THREAD_MAIN, threadGrid } from '../kernel/wgsl.ts';
import type { RopeAttrs } from './kernel.ts';
import { cachedRopeTable } from './table-cache.ts';

const WGSL = `
@group(0) @binding(0) var<storage, read> qkv: array<f32>;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read_write> rotated: array<f32>;
struct Params {
  size: u32, width: u32, rotatedWidth: u32, headDim: u32, context: u32, offset: u32, direction: f32,
}
@group(0) @binding(3) var<uniform> params: Params;
${THREAD_MAIN}
  if (index >= params.size) { return; }
  let column = index % params.width;
  if (column >= params.rotatedWidth) {
    rotated[index] = qkv[index];
    return;
  }
  let position = params.offset + (index / params.width) % params.context;
  let half = params.headDim / 2u;
  let component = column % params.headDim;
  let i = component % half;
  let cosine = table[position * params.headDim + i];
  let sine = table[position * params.headDim + half + i] * params.direction;
  if (component < half) {
    rotated[index] = qkv[index] * cosine - qkv[index + half] * sine;
  } else {
    rotated[index] = qkv[index] * cosine + qkv[index - half] * sine;
  }
}`;

export function ropeWebGpu({ qkv }: KernelInputs, attrs: RopeAttrs, backend: GpuBackend): TensorInfo {
  const { rotatedHeads, headDim, context, theta, offset, direction } = attrs;
  const [rows, width] = qkv!.shape as [number, number];
  const table = cachedRopeTable(backend, offset + context, headDim, theta, upload);
  const rotated = gpuResult(backend, qkv!.shape);
  runProgram(backend, {
    name: 'rope',
    wgsl: WGSL,
    inputs: [qkv!, table],
    outputs: [rotated],
    params: [
      u32(rows * width),
      u32(width),
      u32(rotatedHeads * headDim),
      u32(headDim),
      u32(context),
      u32(offset),
      f32(direction),
    ],
    workgroups: threadGrid(rows * width),
  });
  return rotated;
}

function upload(backend: GpuBackend, shape: [number, number], values: Float32Array): TensorInfo {
  return backend.makeTensorInfo(shape, 'float32', values);
}
