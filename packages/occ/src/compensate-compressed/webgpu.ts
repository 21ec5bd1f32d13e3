import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { spreadWorkgroups } from '../workgroups.ts';

const WORKGROUP_SIZE = 64;

/** One thread an output, lanes along the columns, so that the reads of w are contiguous. */
const WGSL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> starts: array<u32>;
@group(0) @binding(1) var<storage, read> columns: array<u32>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> w: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
struct Params { rows: u32, cols: u32, groupsPerRow: u32 }
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = group.y * groups.x + group.x;
  let row = number / params.groupsPerRow;
  let col = (number % params.groupsPerRow) * ${WORKGROUP_SIZE}u + local;
  if (row >= params.rows || col >= params.cols) { return; }
  let first = starts[row];
  let end = starts[row + 1u];
  if (first == end) { return; }
  var sum = y[row * params.cols + col];
  for (var entry = first; entry < end; entry++) {
    let value = values[entry];
    if (value != 0.0) { sum += value * w[columns[entry] * params.cols + col]; }
  }
  y[row * params.cols + col] = sum;
}`;

/** Runs the WGSL kernel. */
export function compensateCompressedWebGpu(
  inputs: KernelInputs,
  _attrs: object,
  backend: GpuBackend,
): TensorInfo[] {
  const { y, starts, columns, values, w } = inputs;
  const [rows, cols] = y!.shape as [number, number];
  const groupsPerRow = Math.ceil(cols / WORKGROUP_SIZE);
  if (rows * cols === 0) return [];
  runProgram(backend, {
    name: 'occCompensateCompressed',
    wgsl: WGSL,
    inputs: [starts!, columns!, values!, w!],
    outputs: [y!],
    params: [u32(rows), u32(cols), u32(groupsPerRow)],
    workgroups: spreadWorkgroups(rows * groupsPerRow),
  });
  return [];
}
