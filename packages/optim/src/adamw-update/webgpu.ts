import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { coefficientFields, coefficientParams } from '../coefficient-params.ts';
import { dispatchGrid, elementsPerWorkgroup } from '../dispatch-grid.ts';
import { repeat } from '../wgsl-repeat.ts';
import { secondMomentStride } from './kernel.ts';
import type { AdamWUpdateAttrs } from './kernel.ts';

/** The update of chunk k, for the workgroups that fall among its own. */
const update = (k: number): string => `
  if (workgroup >= params.begin${k} && (workgroup - params.begin${k}) * 4096u < params.count${k}) {
    let first = (workgroup - params.begin${k}) * 4096u + local;
    for (var i = first; i < min(first + 4096u, params.count${k}); i += 64u) {
      let at = params.offset${k} + i;
      let m = &moments[at];
      let v = &moments[at + params.stride${k}];
      let w = &parameter${k}[params.start${k} + i];
      let g = factor * gradient${k}[params.start${k} + i];
      let mNew = params.beta1 * *m + params.oneMinusBeta1 * g;
      let vNew = params.beta2 * *v + params.oneMinusBeta2 * (g * g);
      let denominator = sqrt(params.secondCorrection * vNew) + params.epsilon;
      let step = (params.stepSize * mNew) / denominator;
      *m = mNew;
      *v = vNew;
      let old = *w;
      *w = old - (params.decay${k} * old + step);
    }
  }`;

/** A workgroup updates 4,096 elements of one chunk. */
function wgsl(chunks: number): string {
  return `
struct Params {
  ${coefficientFields},
  ${repeat(chunks, (k) => `begin${k}: u32, start${k}: u32, count${k}: u32, offset${k}: u32, stride${k}: u32, decay${k}: f32,`)}
}
${repeat(chunks, (k) => `@group(0) @binding(${k}) var<storage, read> gradient${k}: array<f32>;`)}
@group(0) @binding(${chunks}) var<storage, read> clipFactor: array<f32>;
@group(0) @binding(${chunks + 1}) var<storage, read_write> moments: array<f32>;
${repeat(chunks, (k) => `@group(0) @binding(${chunks + 2 + k}) var<storage, read_write> parameter${k}: array<f32>;`)}
@group(0) @binding(${2 * chunks + 2}) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let factor = clipFactor[0];
  if (factor == 0.0) { return; }
  let workgroup = id.y * grid.x + id.x;
  ${repeat(chunks, update)}
}`;
}

/** The update on tfjs's WebGPU backend: one dispatch for the group. */
export function adamWUpdateOnGpu(
  inputs: KernelInputs,
  { chunks, decays, coefficients }: AdamWUpdateAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  let workgroups = 0;
  const ranges = chunks.flatMap((chunk, k) => {
    const begin = workgroups;
    workgroups += Math.ceil(chunk.count / elementsPerWorkgroup);
    return [
      u32(begin),
      u32(chunk.start),
      u32(chunk.count),
      u32(chunk.offset),
      u32(secondMomentStride(chunk)),
      f32(decays[k]! ? coefficients.decay : 0),
    ];
  });
  runProgram(backend, {
    name: 'adamWUpdate',
    wgsl: wgsl(chunks.length),
    inputs: [...chunks.map((_, k) => inputs[`gradient${k}`]!), inputs['clipFactor']!],
    outputs: [inputs['moments']!, ...chunks.map((_, k) => inputs[`parameter${k}`]!)],
    params: [...coefficientParams(coefficients), ...ranges],
    workgroups: dispatchGrid(workgroups),
  });
  return [];
}
