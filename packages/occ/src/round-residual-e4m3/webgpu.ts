import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { E4M3_WGSL } from '../e4m3-wgsl.ts';
import { spreadWorkgroups } from '../workgroups.ts';

const WORKGROUP_SIZE = 64;

/** One thread a row: it has few slots. */
const WGSL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> indices: array<u32>;
@group(0) @binding(1) var<storage, read> values: array<u32>;
@group(0) @binding(2) var<storage, read_write> keptIndices: array<u32>;
@group(0) @binding(3) var<storage, read_write> keptValues: array<u32>;
struct Params { rows: u32, width: u32 }
@group(0) @binding(4) var<uniform> params: Params;

const INFINITY: u32 = 0x7f800000u;
const MIN_AMAX: u32 = 0x0d800000u; // 2^-100
const NAN: u32 = 0x7fc00000u;
${E4M3_WGSL}
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = (group.y * groups.x + group.x) * ${WORKGROUP_SIZE}u + local;
  if (row >= params.rows) { return; }
  let first = row * params.width;
  let end = first + params.width;
  var amax = 0u;
  for (var i = first; i < end; i++) { amax = max(amax, values[i] & 0x7fffffffu); }
  let exponent = e4m3ScaleExponent(max(amax, MIN_AMAX));
  var slot = first;
  if (amax >= MIN_AMAX) {
    for (var i = first; i < end; i++) {
      let bits = select(roundE4m3(values[i], exponent), NAN, amax >= INFINITY);
      if ((bits & 0x7fffffffu) == 0u) { continue; }
      keptIndices[slot] = indices[i];
      keptValues[slot] = bits;
      slot++;
    }
  }
  for (; slot < end; slot++) {
    keptIndices[slot] = 0u;
    keptValues[slot] = 0u;
  }
}`;

/** Runs the WGSL kernel. */
export function roundResidualE4m3WebGpu(
  { indices, values }: KernelInputs,
  _attrs: object,
  backend: GpuBackend,
): TensorInfo[] {
  const [rows, width] = values!.shape as [number, number];
  const outputs = [gpuOutput(backend, [rows, width], 'int32'), gpuOutput(backend, [rows, width], 'float32')];
  if (rows * width === 0) return outputs;
  runProgram(backend, {
    name: 'occRoundResidualE4m3',
    wgsl: WGSL,
    inputs: [indices!, values!],
    outputs,
    params: [u32(rows), u32(width)],
    workgroups: spreadWorkgroups(Math.ceil(rows / WORKGROUP_SIZE)),
  });
  return outputs;
}
