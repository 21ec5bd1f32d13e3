import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { DGE_FIELDS, DGE_WGSL, dgeParams } from './dge-wgsl.ts';
import type { ApplyDgeAttrs } from './kernel-name.ts';

const WORKGROUP_SIZE = 64;
const COLUMNS_PER_THREAD = 4;
const COLUMNS_PER_GROUP = WORKGROUP_SIZE * COLUMNS_PER_THREAD;
/** The most in one dispatch dimension that every device allows. */
const MAX_WORKGROUPS = 65_535;

/** A workgroup owns 256 columns of a row, and so looks at one scale. */
const WGSL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> w: array<u32>;
@group(0) @binding(1) var<storage, read> scales: array<u32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
struct Params { rows: u32, cols: u32, scaleStride: u32, ${DGE_FIELDS} }
@group(0) @binding(3) var<uniform> params: Params;
${DGE_WGSL}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = group.z * ${MAX_WORKGROUPS}u + group.y;
  if (row >= params.rows) { return; }
  let scale = scales[row * params.scaleStride];
  let first = group.x * ${COLUMNS_PER_GROUP}u;
  let end = min(first + ${COLUMNS_PER_GROUP}u, params.cols);
  for (var col = first + local; col < end; col += ${WORKGROUP_SIZE}u) {
    let index = row * params.cols + col;
    dw[index] = estimated(dw[index], w[index], scale);
  }
}`;

/** Runs the WGSL kernel. */
export function applyDgeWebGpu(
  inputs: KernelInputs,
  attrs: ApplyDgeAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const { dw, w, scales } = inputs;
  const [rows, cols] = dw!.shape as [number, number];
  runProgram(backend, {
    name: 'applyDge',
    wgsl: WGSL,
    inputs: [w!, scales!],
    outputs: [dw!],
    params: [u32(rows), u32(cols), u32(scales!.shape[0] === 1 ? 0 : 1), ...dgeParams(attrs)],
    workgroups: [
      Math.ceil(cols / COLUMNS_PER_GROUP),
      Math.min(rows, MAX_WORKGROUPS),
      Math.ceil(rows / MAX_WORKGROUPS),
    ],
  });
  return [];
}
