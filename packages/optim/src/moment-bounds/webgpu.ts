import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { dispatchGrid } from '../dispatch-grid.ts';
import { largestBlockWgsl } from '../largest-block-wgsl.ts';
import type { MomentBoundsAttrs } from './kernel.ts';

// A workgroup has one tensor.
const wgsl = `
struct Params { tensors: u32, beta1: f32, oneMinusBeta1: f32, beta2: f32, oneMinusBeta2: f32 }
@group(0) @binding(0) var<storage, read> clipFactor: array<f32>;
@group(0) @binding(1) var<storage, read> statistics: array<u32>;
@group(0) @binding(2) var<storage, read> blockStarts: array<u32>;
@group(0) @binding(3) var<storage, read_write> bounds: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
${largestBlockWgsl}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = workgroup.y * grid.x + workgroup.x;
  if (index >= params.tensors) { return; }
  let largest = largestBlock(index, params.tensors, lane);
  if (lane != 0u) { return; }
  let factor = clipFactor[0];
  if (index == 0u) { bounds[0] = factor; }
  let at = 1u + 4u * index;
  let first = bounds[at + 2u];
  let second = bounds[at + 3u];
  bounds[at] = first;
  bounds[at + 1u] = second;
  if (factor == 0.0) { return; }
  let g = factor * bitcast<f32>(largest);
  bounds[at + 2u] = params.beta1 * first + params.oneMinusBeta1 * g;
  bounds[at + 3u] = params.beta2 * second + params.oneMinusBeta2 * (g * g);
}`;

/** The bounds on tfjs's WebGPU backend: one dispatch. */
export function momentBoundsOnGpu(
  inputs: KernelInputs,
  { beta1, oneMinusBeta1, beta2, oneMinusBeta2 }: MomentBoundsAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const { bounds, clipFactor, statistics, blockStarts } = inputs;
  const tensors = blockStarts!.shape[0]! - 1;
  runProgram(backend, {
    name: 'momentBounds',
    wgsl,
    inputs: [clipFactor!, statistics!, blockStarts!],
    outputs: [bounds!],
    params: [u32(tensors), f32(beta1), f32(oneMinusBeta1), f32(beta2), f32(oneMinusBeta2)],
    workgroups: dispatchGrid(tensors),
  });
  return [];
}
