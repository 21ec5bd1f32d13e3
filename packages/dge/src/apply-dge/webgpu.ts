import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { f32, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { POWER_WGSL } from '../power/power-wgsl.ts';
import { derivativeScalars, GREATEST_ARGUMENT } from './f32-order.ts';
import type { ApplyDgeAttrs } from './kernel-name.ts';
import { LEAST_NORMAL } from './reference.ts';

const WORKGROUP_SIZE = 64;
const COLUMNS_PER_THREAD = 4;
const COLUMNS_PER_GROUP = WORKGROUP_SIZE * COLUMNS_PER_THREAD;
/** The most in one dispatch dimension that every device allows. */
const MAX_WORKGROUPS = 65_535;

/**
 * A workgroup owns 256 columns of a row, and so looks at one scale. NaN, infinity and a scale of 0 are decided on bits; the rest is the operations of
 * f32-order.ts in its order.
 */
const WGSL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> w: array<u32>;
@group(0) @binding(1) var<storage, read> scales: array<u32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
struct Params {
  rows: u32, cols: u32, scaleStride: u32, isMsAmp: u32,
  exponent: f32, slope: f32, clip: f32, quietNan: u32,
}
@group(0) @binding(3) var<uniform> params: Params;

const INFINITY: u32 = 0x7f800000u;
const SIGN: u32 = 0x80000000u;
const LEAST_NORMAL: f32 = f32(${LEAST_NORMAL});
const GREATEST_ARGUMENT: f32 = f32(${GREATEST_ARGUMENT});
${POWER_WGSL}

fn derivative(x: f32) -> f32 {
  if (params.isMsAmp != 0u && x > 6.0) { return 0.0; }
  let magnitude = min(abs(x), select(6.0, GREATEST_ARGUMENT, params.isMsAmp != 0u));

  // The interval width is 2 from 4 on, 1 from 2 on, 1/2 below, and every left edge is a multiple of it.
  let isWide = magnitude >= 4.0;
  let perWidth = select(select(2.0, 1.0, magnitude >= 2.0), 0.5, isWide);
  let position = magnitude * perWidth;
  // The last interval, [4, 6] = 2 * [2, 3], is closed at the top and goes on above it.
  let left = min(floor(position), select(3.0, 2.0, isWide));
  let u = abs((position - left) * 2.0 - 1.0);

  if (u == 0.0 && params.exponent < 0.0) { return params.clip; }
  return min(params.slope * power(max(u, LEAST_NORMAL), params.exponent), params.clip);
}

// |w| / scale of magnitudes, at most GREATEST_ARGUMENT, so that no infinity comes up.
fn quotient(weight: u32, scale: u32) -> f32 {
  if (scale < bitcast<u32>(LEAST_NORMAL) || scale == INFINITY) { return 0.0; }
  if (weight == INFINITY || weight > scale + (100u << 23u)) { return GREATEST_ARGUMENT; }
  return bitcast<f32>(weight) / bitcast<f32>(scale);
}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = group.z * ${MAX_WORKGROUPS}u + group.y;
  if (row >= params.rows) { return; }
  let scale = scales[row * params.scaleStride];
  let scaleMagnitude = scale & ~SIGN;
  let first = group.x * ${COLUMNS_PER_GROUP}u;
  let end = min(first + ${COLUMNS_PER_GROUP}u, params.cols);
  for (var col = first + local; col < end; col += ${WORKGROUP_SIZE}u) {
    let index = row * params.cols + col;
    let weight = w[index];
    let magnitude = weight & ~SIGN;
    let isNan = scaleMagnitude > INFINITY
      || (magnitude > INFINITY && scaleMagnitude >= bitcast<u32>(LEAST_NORMAL))
      || (magnitude == INFINITY && scaleMagnitude == INFINITY);
    if (isNan) {
      dw[index] = bitcast<f32>(params.quietNan);
      continue;
    }
    let absolute = quotient(magnitude, scaleMagnitude);
    let scaled = select(absolute, -absolute, ((weight ^ scale) & SIGN) != 0u);
    dw[index] = dw[index] * derivative(scaled);
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
  const { exponent, slope, clip, isMsAmp } = derivativeScalars(attrs);
  runProgram(backend, {
    name: 'applyDge',
    wgsl: WGSL,
    inputs: [w!, scales!],
    outputs: [dw!],
    params: [
      u32(rows),
      u32(cols),
      u32(scales!.shape[0] === 1 ? 0 : 1),
      u32(isMsAmp ? 1 : 0),
      f32(exponent),
      f32(slope),
      f32(clip),
      u32(0x7fc00000),
    ],
    workgroups: [
      Math.ceil(cols / COLUMNS_PER_GROUP),
      Math.min(rows, MAX_WORKGROUPS),
      Math.ceil(rows / MAX_WORKGROUPS),
    ],
  });
  return [];
}
