import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuResult } from '../kernel/gpu-result.ts';
import { withGpuScratch } from '../kernel/gpu-scratch.ts';
import { ropeTableOnGpu } from '../rope/webgpu.ts';
import { attentionDkvWgsl, attentionDqWgsl } from './grad-wgsl.ts';
import { attentionWorkgroups } from './heads-wgsl.ts';
import type { AttentionAttrs, AttentionGradAttrs } from './kernel.ts';
import { attentionLanes } from './lanes.ts';
import { attentionWgsl } from './wgsl.ts';

export function causalAttentionWebGpu(
  { qkv }: KernelInputs,
  attrs: AttentionAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const { batch, context, nHeads, headDim } = attrs;
  const lanes = attentionLanes(attrs, backend.device);
  const attended = gpuResult(backend, [batch * context, nHeads * headDim]);
  const logSumExp = gpuResult(backend, [batch * context, nHeads]);
  runProgram(backend, {
    name: 'causalAttention',
    wgsl: attentionWgsl(attrs, lanes.query),
    inputs: [qkv!],
    outputs: [attended, logSumExp],
    params: [u32(context), f32(1 / Math.sqrt(headDim))],
    workgroups: attentionWorkgroups(context, lanes.query, nHeads, batch),
  });
  return [attended, logSumExp];
}

export function causalAttentionGradWebGpu(
  { dy, qkv, out, logSumExp }: KernelInputs,
  { angles, ...attrs }: AttentionGradAttrs,
  backend: GpuBackend,
): TensorInfo {
  const { batch, context, nHeads, nKvHeads, headDim } = attrs;
  const lanes = attentionLanes(attrs, backend.device);
  const dqkv = gpuResult(backend, qkv!.shape);
  const table = angles === undefined ? [] : [ropeTableOnGpu(backend, context, headDim, angles)];
  const rotates = angles !== undefined;
  withGpuScratch(backend, logSumExp!.shape, 'float32', (delta) => {
    runProgram(backend, {
      name: 'causalAttentionDq',
      wgsl: attentionDqWgsl(attrs, lanes.queryGrad, rotates),
      inputs: [dy!, qkv!, out!, logSumExp!, ...table],
      outputs: [dqkv, delta],
      params: [u32(context), f32(1 / Math.sqrt(headDim))],
      workgroups: attentionWorkgroups(context, lanes.queryGrad, nHeads, batch),
    });
    runProgram(backend, {
      name: 'causalAttentionDkv',
      wgsl: attentionDkvWgsl(attrs, lanes.keyGrad, rotates),
      inputs: [dy!, qkv!, logSumExp!, delta, ...table],
      outputs: [dqkv],
      params: [u32(context), f32(1 / Math.sqrt(headDim))],
      workgroups: attentionWorkgroups(context, lanes.keyGrad, nKvHeads, batch),
    });
  });
  return dqkv;
}
