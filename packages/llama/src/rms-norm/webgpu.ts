import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, Param } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuResult, gpuZeros } from '../kernel/gpu-result.ts';
import { shared } from '../kernel/shared.ts';
import { threadGrid, workgroupGrid } from '../kernel/wgsl.ts';
import { rmsNormGradWgsl, rmsNormGradWorkgroups } from './grad-wgsl.ts';
import type { RmsNormAttrs } from './kernel.ts';
import { residualRmsNormWgsl, rmsNormWgsl } from './wgsl.ts';

export function rmsNormWebGpu(
  { x, gain }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const [rows, width] = x!.shape as [number, number];
  const outputs = [gpuResult(backend, x!.shape), gpuResult(backend, [rows])];
  runProgram(backend, {
    name: 'rmsNorm',
    wgsl: rmsNormWgsl(width % 4 === 0),
    inputs: [x!, gain!],
    outputs,
    params: rowParams(rows, width, eps),
    workgroups: threadGrid(rows),
  });
  return outputs;
}

export function residualRmsNormWebGpu(
  { x, gain, delta }: KernelInputs,
  { eps }: RmsNormAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  if (delta === undefined)
    return [shared(backend, x!), ...rmsNormWebGpu({ x: x!, gain: gain! }, { eps }, backend)];
  const [rows, width] = x!.shape as [number, number];
  const outputs = [x!.shape, x!.shape, [rows]].map((shape) => gpuResult(backend, shape));
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
  { dy, x, gain, inverseRms, dSum }: KernelInputs,
  _attrs: object,
  backend: GpuBackend,
): TensorInfo[] {
  const [rows, width] = x!.shape as [number, number];
  const dx = gpuResult(backend, x!.shape);
  if (rows === 0) return [dx, gpuZeros(backend, gain!.shape)];
  const dgain = gpuResult(backend, gain!.shape);
  const { ofGain, ofX } = rmsNormGradWorkgroups(rows, width);
  runProgram(backend, {
    name: 'rmsNormGrad',
    wgsl: rmsNormGradWgsl(width % 4 === 0, dSum !== undefined),
    inputs: [dy!, x!, gain!, inverseRms!, ...(dSum === undefined ? [] : [dSum])],
    outputs: [dx, dgain],
    params: [u32(rows), u32(width), f32(1 / width), u32(ofGain), f32(1)],
    workgroups: workgroupGrid(ofGain + ofX),
  });
  return [dx, dgain];
}

function rowParams(rows: number, width: number, eps: number): Param[] {
  return [u32(rows), u32(width), f32(1 / width), f32(eps)];
}
