import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { engine } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { eachOutput, threadShare } from '../thread-share.ts';
import type { ThreadShare } from '../thread-share.ts';
import { spreadWorkgroups } from '../workgroups.ts';
import { markColumns } from './mark-columns.ts';

/**
 * A workgroup owns a column of dW and a run of its rows. It walks the marked tokens of the column in ascending order, so
 * each sum has one owner and a fixed order, without atomics. Lanes lie along n, where dY is contiguous.
 */
function compensateDwWgsl(share: ThreadShare): string {
  const { threads, outputs } = share;
  return /* wgsl */ `
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> indices: array<u32>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> marks: array<u32>;
@group(0) @binding(4) var<storage, read_write> dw: array<f32>;
struct Params { m: u32, n: u32, k: u32, width: u32, groupsPerColumn: u32 }
@group(0) @binding(5) var<uniform> params: Params;

// The value of token m in a column that it has an entry in: columns ascend over the used slots, which come first.
fn valueOf(m: u32, column: u32) -> f32 {
  var low = m * params.width;
  var high = low + params.width - 1u;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (values[middle] != 0.0 && indices[middle] < column) { low = middle + 1u; } else { high = middle; }
  }
  return values[low];
}

@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = group.y * groups.x + group.x;
  let column = number / params.groupsPerColumn;
  if (column >= params.k) { return; }
  let first = (number % params.groupsPerColumn) * ${threads * outputs}u + local;
  // Rows beyond the end compute the last once more, and are not written.
  let last = params.n - 1u;
${eachOutput(share, (i) => `  let row${i} = min(first + ${i * threads}u, last); var sum${i} = 0.0;`)}
  for (var block = 0u; block * 32u < params.m; block++) {
    for (var left = marks[block * params.k + column]; left != 0u; left &= left - 1u) {
      let m = block * 32u + countTrailingZeros(left);
      let value = valueOf(m, column);
      let start = m * params.n;
${eachOutput(share, (i) => `      sum${i} += dy[start + row${i}] * value;`)}
    }
  }
${eachOutput(share, (i) => `  if (first + ${i * threads}u <= last) { dw[row${i} * params.k + column] += sum${i}; }`)}
}`;
}

/** Runs the WGSL kernels. */
export function compensateDwWebGpu(inputs: KernelInputs, _attrs: object, backend: GpuBackend): TensorInfo[] {
  const { dw, dy, indices, values } = inputs;
  const [n, k] = dw!.shape as [number, number];
  const [m, width] = indices!.shape as [number, number];
  if (m * width * n * k === 0) return [];
  const share = threadShare(backend.device, n);
  const groupsPerColumn = Math.ceil(n / (share.threads * share.outputs));
  const marks = markColumns(backend, indices!, values!, k);
  runProgram(backend, {
    name: 'occCompensateDw',
    wgsl: compensateDwWgsl(share),
    inputs: [dy!, indices!, values!, marks],
    outputs: [dw!],
    params: [u32(m), u32(n), u32(k), u32(width), u32(groupsPerColumn)],
    workgroups: spreadWorkgroups(k * groupsPerColumn),
  });
  engine().makeTensorFromTensorInfo(marks).dispose();
  return [];
}
