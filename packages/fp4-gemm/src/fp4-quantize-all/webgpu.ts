import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { linearGrid } from '../wgsl-grid.ts';
import type { Fp4QuantizeAllAttrs } from './kernel-name.ts';
import { quantizeAllWgsl, ROWS, TILE } from './wgsl.ts';

/** Each matrix has its own copy of the arithmetic, which a software adapter compiles for a second. */
const MOST_MATRICES = 4;

const shaders = new Map<string, string>();

/** `Fp4QuantizeAll` on the webgpu backend: one dispatch for as many matrices as the device binds at once, at most 4. */
export function fp4QuantizeAllWebGpu(
  inputs: KernelInputs,
  attrs: Fp4QuantizeAllAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const matrices = Object.values(inputs);
  const buffers = attrs.transpose ? 4 : 3;
  const limit = backend.device.limits.maxStorageBuffersPerShaderStage;
  const most = Math.min(MOST_MATRICES, Math.floor(limit / buffers));
  const outputs: TensorInfo[] = [];
  for (let first = 0; first < matrices.length; first += most) {
    outputs.push(...quantizeGroup(matrices.slice(first, first + most), attrs, backend));
  }
  return outputs;
}

function quantizeGroup(
  matrices: readonly TensorInfo[],
  attrs: Fp4QuantizeAllAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const { scale, transpose } = attrs;
  const key = `${matrices.length} ${scale} ${transpose}`;
  let wgsl = shaders.get(key);
  if (wgsl === undefined) shaders.set(key, (wgsl = quantizeAllWgsl(matrices.length, attrs)));
  let workgroups = 0;
  const params: number[] = [];
  const outputs: TensorInfo[] = [];
  for (const { shape } of matrices) {
    const [rows, cols] = shape as [number, number];
    const tiles = transpose ? Math.ceil(rows / TILE) * Math.ceil(cols / TILE) : 0;
    params.push(workgroups, rows, cols, tiles);
    workgroups += Math.ceil(rows / ROWS) + tiles;
    outputs.push(gpuOutput(backend, [rows, Math.ceil(cols / 8)], 'int32'));
    outputs.push(gpuOutput(backend, [rows], 'float32'));
    if (transpose) outputs.push(gpuOutput(backend, [cols, rows], 'float32'));
  }
  runProgram(backend, {
    name: `Fp4QuantizeAll ${key}`,
    wgsl,
    inputs: matrices,
    outputs,
    params: params.map(u32),
    workgroups: linearGrid(workgroups),
  });
  return outputs;
}
