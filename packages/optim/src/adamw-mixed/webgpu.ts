import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { coefficientParams } from '../coefficient-params.ts';
import { dispatchGrid, elementsPerWorkgroup } from '../dispatch-grid.ts';
import type { AdamWMixedAttrs } from './kernel.ts';
import { adamWMixedWgsl } from './wgsl.ts';

/** The update on tfjs's WebGPU backend: one dispatch for the group. */
export function adamWMixedOnGpu(
  inputs: KernelInputs,
  { chunks, decays, coefficients }: AdamWMixedAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  let workgroups = 0;
  const ranges = chunks.flatMap(({ tensor, start, count, offset }, k) => {
    const begin = workgroups;
    workgroups += Math.ceil(count / elementsPerWorkgroup);
    const decay = decays[k]! ? coefficients.decay : 0;
    return [u32(begin), u32(tensor), u32(start), u32(count), u32(offset), f32(decay)];
  });
  runProgram(backend, {
    name: 'adamWMixed',
    wgsl: adamWMixedWgsl(chunks.length),
    inputs: [...chunks.map((_, k) => inputs[`gradient${k}`]!), inputs['bounds']!],
    outputs: [inputs['moments']!, ...chunks.map((_, k) => inputs[`parameter${k}`]!)],
    params: [...coefficientParams(coefficients), ...ranges],
    workgroups: dispatchGrid(workgroups),
  });
  return [];
}
