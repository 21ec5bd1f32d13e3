import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { dispatchGrid } from '../dispatch-grid.ts';
import { largestBlockWgsl } from '../largest-block-wgsl.ts';
import type { SumBoundsAttrs } from './kernel.ts';

// A workgroup has one tensor. What is not finite is told and marked by bits.
const wgsl = `
struct Params { tensors: u32, replace: u32 }
@group(0) @binding(0) var<storage, read> statistics: array<u32>;
@group(0) @binding(1) var<storage, read> blockStarts: array<u32>;
@group(0) @binding(2) var<storage, read_write> bounds: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;
${largestBlockWgsl}

fn isFinite(bits: u32) -> bool { return (bits & 0x7f800000u) != 0x7f800000u; }

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
  let old = bounds[2u * index + 1u];
  bounds[2u * index] = old;
  let before = select(old, 0u, params.replace != 0u);
  var sum = 0x7fc00000u;
  if (isFinite(before) && isFinite(largest)) {
    let total = bitcast<u32>(bitcast<f32>(before) + bitcast<f32>(largest));
    sum = select(sum, total, isFinite(total));
  }
  bounds[2u * index + 1u] = sum;
}`;

/** The bounds on tfjs's WebGPU backend: one dispatch. */
export function sumBoundsOnGpu(
  inputs: KernelInputs,
  { replace }: SumBoundsAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const { bounds, statistics, blockStarts } = inputs;
  const tensors = blockStarts!.shape[0]! - 1;
  runProgram(backend, {
    name: 'sumBounds',
    wgsl,
    inputs: [statistics!, blockStarts!],
    outputs: [bounds!],
    params: [u32(tensors), u32(Number(replace))],
    workgroups: dispatchGrid(tensors),
  });
  return [];
}
