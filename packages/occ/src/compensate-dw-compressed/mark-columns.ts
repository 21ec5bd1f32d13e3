import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { spreadWorkgroups } from '../workgroups.ts';

const WORKGROUP_SIZE = 64;
/** Columns that one workgroup holds in its memory: 8 KiB. */
const COLUMNS_PER_GROUP = 2048;

/** A workgroup gathers the entries of 32 rows into one word a column. Integer or commutes, so order does not matter. */
const WGSL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> starts: array<u32>;
@group(0) @binding(1) var<storage, read> columns: array<u32>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> marks: array<u32>;
struct Params { m: u32, k: u32, groupsPerBlock: u32 }
@group(0) @binding(4) var<uniform> params: Params;

const SIZE: u32 = ${WORKGROUP_SIZE}u;
const COLUMNS: u32 = ${COLUMNS_PER_GROUP}u;

var<workgroup> words: array<atomic<u32>, COLUMNS>;

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = group.y * groups.x + group.x;
  let firstRow = (number / params.groupsPerBlock) * 32u;
  if (firstRow >= params.m) { return; }
  let firstColumn = (number % params.groupsPerBlock) * COLUMNS;
  let count = min(COLUMNS, params.k - firstColumn);

  for (var i = local; i < count; i += SIZE) { atomicStore(&words[i], 0u); }
  workgroupBarrier();
  for (var row = firstRow; row < min(firstRow + 32u, params.m); row++) {
    let end = starts[row + 1u];
    for (var entry = starts[row] + local; entry < end; entry += SIZE) {
      // Columns before the first one wrap around to large numbers.
      let column = columns[entry] - firstColumn;
      if (values[entry] != 0.0 && column < count) { atomicOr(&words[column], 1u << (row - firstRow)); }
    }
  }
  workgroupBarrier();
  let first = (firstRow / 32u) * params.k + firstColumn;
  for (var i = local; i < count; i += SIZE) { marks[first + i] = atomicLoad(&words[i]); }
}`;

/**
 * Returns which rows have an entry in which column, as bits: int32 `[ceil(M / 32), K]`, row m in bit m % 32. The
 * caller disposes it.
 */
export function markCompressedColumns(
  backend: GpuBackend,
  inputs: readonly [starts: TensorInfo, columns: TensorInfo, values: TensorInfo],
  k: number,
): TensorInfo {
  const m = inputs[0].shape[0]! - 1;
  const blocks = Math.ceil(m / 32);
  const groupsPerBlock = Math.ceil(k / COLUMNS_PER_GROUP);
  const marks = gpuOutput(backend, [blocks, k], 'int32');
  runProgram(backend, {
    name: 'occMarkCompressedColumns',
    wgsl: WGSL,
    inputs,
    outputs: [marks],
    params: [u32(m), u32(k), u32(groupsPerBlock)],
    workgroups: spreadWorkgroups(blocks * groupsPerBlock),
  });
  return marks;
}
