import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ApplyDgeAttrs } from './kernel-name.ts';

const WORKGROUP_SIZE = 256;
const MAX_WORKGROUPS = 65_535;

/** One thread an element; NaN is decided on bits, before any float arithmetic. */
const WGSL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> w: array<u32>;
@group(0) @binding(1) var<storage, read> scales: array<u32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
struct Params {
  size: u32, cols: u32, scaleStride: u32, isMsAmp: u32,
  exponent: f32, slope: f32, clip: f32, quietNan: u32,
}
@group(0) @binding(3) var<uniform> params: Params;

const INFINITY: u32 = 0x7f800000u;

fn derivative(x: f32) -> f32 {
  if (params.isMsAmp != 0u && x > 6.0) { return 0.0; }
  var magnitude = abs(x);
  if (params.isMsAmp == 0u) { magnitude = min(magnitude, 6.0); }

  // The interval width is 2 from 4 on, 1 from 2 on, 1/2 below, and every left edge is a multiple of it.
  let isWide = magnitude >= 4.0;
  let perWidth = select(select(2.0, 1.0, magnitude >= 2.0), 0.5, isWide);
  let position = magnitude * perWidth;
  // The last interval, [4, 6] = 2 * [2, 3], is closed at the top and goes on above it.
  let left = min(floor(position), select(3.0, 2.0, isWide));
  let u = abs((position - left) * 2.0 - 1.0);

  // Exactly 1/k for k = 1, and no power of zero.
  if (params.exponent == 0.0) { return min(params.slope, params.clip); }
  if (u == 0.0) { return params.clip; }
  return min(params.slope * pow(u, params.exponent), params.clip);
}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = (group.y * groups.x + group.x) * ${WORKGROUP_SIZE}u + local;
  if (index >= params.size) { return; }
  let scale = scales[(index / params.cols) * params.scaleStride];
  let weight = w[index];
  let magnitude = weight & 0x7fffffffu;
  let isZeroRow = (scale & 0x7fffffffu) == 0u;
  let isNan = !isZeroRow && (magnitude > INFINITY || scale > INFINITY || (magnitude == INFINITY && scale == INFINITY));
  if (isNan) {
    dw[index] = bitcast<f32>(params.quietNan);
    return;
  }
  var scaled = 0.0;
  if (!isZeroRow) {
    // Infinity is outside the grid like any large number.
    let finite = bitcast<f32>((weight & 0x80000000u) | min(magnitude, INFINITY - 1u));
    scaled = finite / bitcast<f32>(min(scale, INFINITY - 1u));
  }
  dw[index] = dw[index] * derivative(scaled);
}`;

/** Runs the WGSL kernel. */
export function applyDgeWebGpu(
  inputs: KernelInputs,
  attrs: ApplyDgeAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const { dw, w, scales } = inputs;
  const [rows, cols] = dw!.shape as [number, number];
  const { k, clip, outside } = attrs;
  const groups = Math.ceil((rows * cols) / WORKGROUP_SIZE);
  const rowsOfGroups = Math.ceil(groups / MAX_WORKGROUPS);
  runProgram(backend, {
    name: 'applyDge',
    wgsl: WGSL,
    inputs: [w!, scales!],
    outputs: [dw!],
    params: [
      u32(rows * cols),
      u32(cols),
      u32(scales!.shape[0] === 1 ? 0 : 1),
      u32(outside === 'msAmp' ? 1 : 0),
      f32(1 / k - 1),
      f32(1 / k),
      f32(clip),
      u32(0x7fc00000),
    ],
    workgroups: [Math.ceil(groups / Math.max(1, rowsOfGroups)), rowsOfGroups],
  });
  return [];
}
