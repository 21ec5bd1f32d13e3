import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { dispatchGrid, elementsPerWorkgroup } from '../dispatch-grid.ts';
import type { AdamWCoefficients } from './kernel.ts';

const wgsl = `
struct Params {
  size: u32,
  beta1: f32,
  oneMinusBeta1: f32,
  beta2: f32,
  oneMinusBeta2: f32,
  stepSize: f32,
  secondCorrection: f32,
  epsilon: f32,
  decay: f32,
}
@group(0) @binding(0) var<storage, read> gradient: array<f32>;
@group(0) @binding(1) var<storage, read> clipFactor: array<f32>;
@group(0) @binding(2) var<storage, read_write> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> m: array<f32>;
@group(0) @binding(4) var<storage, read_write> v: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let factor = clipFactor[0];
  if (factor == 0.0) { return; }
  let first = (workgroup.y * grid.x + workgroup.x) * 1024u + local;
  for (var k = 0u; k < 4u; k++) {
    let i = first + k * 256u;
    if (i >= params.size) { return; }
    let g = factor * gradient[i];
    let mNew = params.beta1 * m[i] + params.oneMinusBeta1 * g;
    let vNew = params.beta2 * v[i] + params.oneMinusBeta2 * (g * g);
    let denominator = sqrt(params.secondCorrection * vNew) + params.epsilon;
    let step = (params.stepSize * mNew) / denominator;
    m[i] = mNew;
    v[i] = vNew;
    let old = w[i];
    w[i] = old - (params.decay * old + step);
  }
}`;

/** The update on tfjs's WebGPU backend: one dispatch. */
export function adamWUpdateOnGpu(
  inputs: KernelInputs,
  attrs: AdamWCoefficients,
  backend: GpuBackend,
): TensorInfo[] {
  const { parameter, firstMoment, secondMoment, gradient, clipFactor } = inputs;
  const size = util.sizeFromShape(parameter!.shape);
  runProgram(backend, {
    name: 'adamWUpdate',
    wgsl,
    inputs: [gradient!, clipFactor!],
    outputs: [parameter!, firstMoment!, secondMoment!],
    params: [
      u32(size),
      f32(attrs.beta1),
      f32(attrs.oneMinusBeta1),
      f32(attrs.beta2),
      f32(attrs.oneMinusBeta2),
      f32(attrs.stepSize),
      f32(attrs.secondCorrection),
      f32(attrs.epsilon),
      f32(attrs.decay),
    ],
    workgroups: dispatchGrid(Math.ceil(size / elementsPerWorkgroup)),
  });
  return [];
}
