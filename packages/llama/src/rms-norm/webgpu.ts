import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, Param } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuResult, gpuZeros } from '../kernel/gpu-result.ts';
import { withGpuScratch } from '../kernel/gpu-scratch.ts';
import { shared } from '../kernel/shared.ts';
import { threadGrid } from '../kernel/wgsl.ts';
import { GAIN_CHUNK } from './f32-order.ts';
import type { RmsNormAttrs } from './kernel.ts';
import {
  residualRmsNormWgsl,
  RMS_NORM_DGAIN_WGSL,
  RMS_NORM_PARTIAL_DGAIN_WGSL,
  rmsNormDxWgsl,
  rmsNormWgsl,
} from './wgsl.ts';

export function rmsNormWebGpu(
  { x, gain }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: GpuBackend,
): TensorInfo {
  const [rows, width] = x!.shape as [number, number];
  const y = gpuResult(backend, x!.shape);
  runProgram(backend, {
    name: 'rmsNorm',
    wgsl: rmsNormWgsl(width % 4 === 0),
    inputs: [x!, gain!],
    outputs: [y],
    params: rowParams(rows, width, eps),
    workgroups: threadGrid(rows),
  });
  return y;
}

export function residualRmsNormWebGpu(
  { x, gain, delta }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  if (delta === undefined)
    return [shared(backend, x!), rmsNormWebGpu({ x: x!, gain: gain! }, { eps }, backend)];
  const [rows, width] = x!.shape as [number, number];
  const outputs = [gpuResult(backend, x!.shape), gpuResult(backend, x!.shape)];
  runProgram(backend, {
    name: 'residualRmsNorm',
    wgsl: residualRmsNormWgsl(width % 4 === 0),
    inputs: [x!, delta, gain!],
    outputs,
    params: rowParams(rows, width, eps),
    workgroups: threadGrid(rows),
  });
  return outputs;
}

export function rmsNormGradWebGpu(
  { dy, x, gain, dSum }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const [rows, width] = x!.shape as [number, number];
  const dx = gpuResult(backend, x!.shape);
  if (rows === 0) return [dx, gpuZeros(backend, gain!.shape)];
  const dgain = gpuResult(backend, gain!.shape);
  const chunks = Math.ceil(rows / GAIN_CHUNK);
  withGpuScratch(backend, [rows], 'float32', (inverse) => {
    runProgram(backend, {
      name: 'rmsNormDx',
      wgsl: rmsNormDxWgsl(width % 4 === 0, dSum !== undefined),
      inputs: [dy!, x!, gain!, ...(dSum === undefined ? [] : [dSum])],
      outputs: [dx, inverse],
      params: [...rowParams(rows, width, eps), f32(1)],
      workgroups: threadGrid(rows),
    });
    withGpuScratch(backend, [chunks, width], 'float32', (partials) => {
      runProgram(backend, {
        name: 'rmsNormPartialDgain',
        wgsl: RMS_NORM_PARTIAL_DGAIN_WGSL,
        inputs: [dy!, x!, inverse],
        outputs: [partials],
        params: [u32(rows), u32(width), u32(chunks)],
        workgroups: threadGrid(chunks * width),
      });
      runProgram(backend, {
        name: 'rmsNormDgain',
        wgsl: RMS_NORM_DGAIN_WGSL,
        inputs: [partials],
        outputs: [dgain],
        params: [u32(width), u32(chunks)],
        workgroups: threadGrid(width),
      });
    });
  });
  return [dx, dgain];
}

function rowParams(rows: number, width: number, eps: number): Param[] {
  return [u32(rows), u32(width), f32(1 / width), f32(eps)];
}
