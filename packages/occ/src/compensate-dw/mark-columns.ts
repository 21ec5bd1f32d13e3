import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { spreadWorkgroups } from '../workgroups.ts';

const WORKGROUP_SIZE = 64;
/** Columns that one workgroup holds in its memory: 8 KiB. */
const COLUMNS_PER_GROUP = 2048;

/** A workgroup gathers the entries of 32 rows into one word a column. Integer or commutes, so order does not matter. */
const WGSL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> indices: array<u32>;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> marks: array<u32>;
struct Params { m: u32, k: u32, width: u32, groupsPerBlock: u32 }
@group(0) @binding(3) var<uniform> params: Params;

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
  let columns = min(COLUMNS, params.k - firstColumn);

  for (var i = local; i < columns; i += SIZE) { atomicStore(&words[i], 0u); }
  workgroupBarrier();
  let end = min(firstRow + 32u, params.m) * params.width;
  for (var slot = firstRow * params.width + local; slot < end; slot += SIZE) {
    // Columns before the first one wrap around to large numbers.
    let column = indices[slot] - firstColumn;
    if (values[slot] != 0.0 && column < columns) {
      atomicOr(&words[column], 1u << (slot / params.width - firstRow));
    }
  }
  workgroupBarrier();
  let start = (firstRow / 32u) * params.k + firstColumn;
  for (var i = local; i < columns; i += SIZE) { marks[start + i] = atomicLoad(&words[i]); }
}`;

/**
 * Returns which rows have an entry in which column, as bits: int32 `[ceil(M / 32), K]`, row m in bit m % 32. The
 * caller disposes it.
 */
export function markColumns(
  backend: GpuBackend,
  indices: TensorInfo,
  values: TensorInfo,
  k: number,
): TensorInfo {
  const [m, width] = indices.shape as [number, number];
  const blocks = Math.ceil(m / 32);
  const groupsPerBlock = Math.ceil(k / COLUMNS_PER_GROUP);
  const marks = gpuOutput(backend, [blocks, k], 'int32');
  runProgram(backend, {
    name: 'occMarkColumns',
    wgsl: WGSL,
    inputs: [indices, values],
    outputs: [marks],
    params: [u32(m), u32(k), u32(width), u32(groupsPerBlock)],
    workgroups: spreadWorkgroups(blocks * groupsPerBlock),
  });
  return marks;
}
