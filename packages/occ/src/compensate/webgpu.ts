import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { eachOutput, threadShare } from '../thread-share.ts';
import type { ThreadShare } from '../thread-share.ts';
import { spreadWorkgroups } from '../workgroups.ts';

/** A workgroup owns a run of columns of one row, lanes along the columns, so that the reads of w are contiguous. */
function compensateWgsl(share: ThreadShare): string {
  const { threads, outputs } = share;
  return /* wgsl */ `
@group(0) @binding(0) var<storage, read> indices: array<u32>;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
struct Params { rows: u32, cols: u32, width: u32, groupsPerRow: u32 }
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = group.y * groups.x + group.x;
  let row = number / params.groupsPerRow;
  if (row >= params.rows) { return; }
  let first = (number % params.groupsPerRow) * ${threads * outputs}u + local;
  // Columns beyond the end compute the last once more, and are not written.
  let last = params.cols - 1u;
${eachOutput(share, (i) => `  let col${i} = min(first + ${i * threads}u, last); var sum${i} = y[row * params.cols + col${i}];`)}
  for (var slot = row * params.width; slot < (row + 1u) * params.width; slot++) {
    let value = values[slot];
    if (value == 0.0) { break; }
    let start = indices[slot] * params.cols;
${eachOutput(share, (i) => `    sum${i} += value * w[start + col${i}];`)}
  }
${eachOutput(share, (i) => `  if (first + ${i * threads}u <= last) { y[row * params.cols + col${i}] = sum${i}; }`)}
}`;
}

/** Runs the WGSL kernel. */
export function compensateWebGpu(inputs: KernelInputs, _attrs: object, backend: GpuBackend): TensorInfo[] {
  const { y, indices, values, w } = inputs;
  const [rows, cols] = y!.shape as [number, number];
  const share = threadShare(backend.device, cols);
  const groupsPerRow = Math.ceil(cols / (share.threads * share.outputs));
  runProgram(backend, {
    name: 'occCompensate',
    wgsl: compensateWgsl(share),
    inputs: [indices!, values!, w!],
    outputs: [y!],
    params: [u32(rows), u32(cols), u32(indices!.shape[1]!), u32(groupsPerRow)],
    workgroups: spreadWorkgroups(rows * groupsPerRow),
  });
  return [];
}
