import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { dispatchGrid, elementsPerWorkgroup } from '../dispatch-grid.ts';
import type { AccumulateAttrs, ScaleInPlaceAttrs } from './kernel.ts';

const accumulateWgsl = `
struct Params { size: u32, replace: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let first = (workgroup.y * grid.x + workgroup.x) * 4096u + local;
  for (var k = 0u; k < 16u; k++) {
    let i = first + k * 256u;
    if (i >= params.size) { return; }
    if (params.replace != 0u) { sum[i] = x[i]; } else { sum[i] += x[i]; }
  }
}`;

/** The accumulation on tfjs's WebGPU backend. */
export function accumulateOnGpu(
  inputs: KernelInputs,
  { replace }: AccumulateAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const { sum, x } = inputs;
  const size = util.sizeFromShape(x!.shape);
  runProgram(backend, {
    name: 'accumulate',
    wgsl: accumulateWgsl,
    inputs: [x!],
    outputs: [sum!],
    params: [u32(size), u32(Number(replace))],
    workgroups: dispatchGrid(Math.ceil(size / elementsPerWorkgroup)),
  });
  return [];
}

const scaleInPlaceWgsl = `
struct Params { size: u32, factor: f32 }
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let first = (workgroup.y * grid.x + workgroup.x) * 4096u + local;
  for (var k = 0u; k < 16u; k++) {
    let i = first + k * 256u;
    if (i >= params.size) { return; }
    x[i] *= params.factor;
  }
}`;

/** The scaling on tfjs's WebGPU backend. */
export function scaleInPlaceOnGpu(
  inputs: KernelInputs,
  { factor }: ScaleInPlaceAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const x = inputs['x']!;
  const size = util.sizeFromShape(x.shape);
  runProgram(backend, {
    name: 'scaleInPlace',
    wgsl: scaleInPlaceWgsl,
    inputs: [],
    outputs: [x],
    params: [u32(size), f32(factor)],
    workgroups: dispatchGrid(Math.ceil(size / elementsPerWorkgroup)),
  });
  return [];
}
