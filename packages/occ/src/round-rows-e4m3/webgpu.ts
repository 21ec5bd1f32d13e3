import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { E4M3_WGSL } from '../e4m3-wgsl.ts';
import { spreadWorkgroups } from '../workgroups.ts';

const WORKGROUP_SIZE = 64;

/** One workgroup a row: its amax, by an integer maximum, whose order does not matter, and then its values. */
const WGSL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> rounded: array<u32>;
struct Params { rows: u32, cols: u32 }
@group(0) @binding(2) var<uniform> params: Params;

const SIZE: u32 = ${WORKGROUP_SIZE}u;
const INFINITY: u32 = 0x7f800000u;
const MIN_AMAX: u32 = 0x0d800000u; // 2^-100
const NAN: u32 = 0x7fc00000u;

var<workgroup> amax: atomic<u32>;
${E4M3_WGSL}
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) { return; }
  let first = row * params.cols;
  let end = first + params.cols;
  var largest = 0u;
  for (var i = first + local; i < end; i += SIZE) { largest = max(largest, x[i] & 0x7fffffffu); }
  atomicMax(&amax, largest);
  workgroupBarrier();
  let rowAmax = atomicLoad(&amax);
  let exponent = e4m3ScaleExponent(max(rowAmax, MIN_AMAX));
  for (var i = first + local; i < end; i += SIZE) {
    var bits = roundE4m3(x[i], exponent);
    if (rowAmax < MIN_AMAX) { bits = x[i] & 0x80000000u; }
    rounded[i] = select(bits, NAN, rowAmax >= INFINITY);
  }
}`;

/** Runs the WGSL kernel. */
export function roundRowsE4m3WebGpu(inputs: KernelInputs, _attrs: object, backend: GpuBackend): TensorInfo {
  const x = inputs['x']!;
  const [rows, cols] = x.shape as [number, number];
  const output = gpuOutput(backend, [rows, cols], 'float32');
  if (rows * cols === 0) return output;
  runProgram(backend, {
    name: 'occRoundRowsE4m3',
    wgsl: WGSL,
    inputs: [x],
    outputs: [output],
    params: [u32(rows), u32(cols)],
    workgroups: spreadWorkgroups(rows),
  });
  return output;
}
