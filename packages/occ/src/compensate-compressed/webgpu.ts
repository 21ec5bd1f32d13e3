import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { eachOutput, threadShare } from '../thread-share.ts';
import type { ThreadShare } from '../thread-share.ts';
import { spreadWorkgroups } from '../workgroups.ts';

/** A workgroup owns a run of columns of one row, lanes along the columns, so that the reads of w are contiguous. */
function compensateCompressedWgsl(share: ThreadShare): string {
  const { threads, outputs } = share;
  return /* wgsl */ `
@group(0) @binding(0) var<storage, read> starts: array<u32>;
@group(0) @binding(1) var<storage, read> columns: array<u32>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> w: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
struct Params { rows: u32, cols: u32, groupsPerRow: u32 }
@group(0) @binding(5) var<uniform> params: Params;

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
  let end = starts[row + 1u];
  for (var entry = starts[row]; entry < end; entry++) {
    let value = values[entry];
    // It counts for nothing, whatever it would be multiplied with.
    if (value == 0.0) { continue; }
    let start = columns[entry] * params.cols;
${eachOutput(share, (i) => `    sum${i} += value * w[start + col${i}];`)}
  }
${eachOutput(share, (i) => `  if (first + ${i * threads}u <= last) { y[row * params.cols + col${i}] = sum${i}; }`)}
}`;
}

/** Runs the WGSL kernel. */
export function compensateCompressedWebGpu(
  inputs: KernelInputs,
  _attrs: object,
  backend: GpuBackend,
): TensorInfo[] {
  const { y, starts, columns, values, w } = inputs;
  const [rows, cols] = y!.shape as [number, number];
  if (rows * cols === 0) return [];
  const share = threadShare(backend.device);
  const groupsPerRow = Math.ceil(cols / (share.threads * share.outputs));
  runProgram(backend, {
    name: 'occCompensateCompressed',
    wgsl: compensateCompressedWgsl(share),
    inputs: [starts!, columns!, values!, w!],
    outputs: [y!],
    params: [u32(rows), u32(cols), u32(groupsPerRow)],
    workgroups: spreadWorkgroups(rows * groupsPerRow),
  });
  return [];
}
