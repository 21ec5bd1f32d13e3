import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { dispatchGrid } from '../dispatch-grid.ts';
import { partialCount } from './reference.ts';

// Thread t is lane t. Numbers that are not finite are told by their bits, and marked by the bits of a NaN: a shader may
// assume that there are none in arithmetic.
const addPairwise = `
const notFinite = 0x7fc00000u;
var<workgroup> sums: array<f32, 64>;
var<workgroup> marks: array<u32, 64>;

fn isFinite(bits: u32) -> bool { return (bits & 0x7f800000u) != 0x7f800000u; }

fn addPairwise(lane: u32, sum: f32, mark: u32) {
  sums[lane] = sum;
  marks[lane] = mark;
  for (var half = 32u; half >= 1u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] += sums[lane + half];
      marks[lane] |= marks[lane + half];
    }
  }
}`;

const sumOfSquaresWgsl = `
struct Params { size: u32, blocks: u32, offset: u32 }
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> partials: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;
${addPairwise}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = workgroup.y * grid.x + workgroup.x;
  let end = min(params.size, (block + 1u) * 4096u);
  var sum = 0.0;
  var mark = 0u;
  for (var i = block * 4096u + lane; i < end; i += 64u) {
    let bits = x[i];
    if (isFinite(bits)) { sum += bitcast<f32>(bits) * bitcast<f32>(bits); } else { mark = 1u; }
  }
  addPairwise(lane, sum, mark);
  if (lane == 0u && block < params.blocks) {
    let total = bitcast<u32>(sums[0]);
    partials[params.offset + block] = select(notFinite, total, marks[0] == 0u);
  }
}`;

const normOfPartialsWgsl = `
struct Params { count: u32 }
@group(0) @binding(0) var<storage, read> partials: array<u32>;
@group(0) @binding(1) var<storage, read_write> norm: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;
${addPairwise}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  var mark = 0u;
  for (var i = lane; i < params.count; i += 64u) {
    let bits = partials[i];
    if (isFinite(bits)) { sum += bitcast<f32>(bits); } else { mark = 1u; }
  }
  addPairwise(lane, sum, mark);
  if (lane == 0u) {
    // The sum of finite numbers may still have overflowed.
    let isNumber = marks[0] == 0u && isFinite(bitcast<u32>(sums[0]));
    norm[0] = select(notFinite, bitcast<u32>(sqrt(sums[0])), isNumber);
  }
}`;

/** `globalNorm` on tfjs's WebGPU backend: a dispatch for each tensor and one more. */
export function globalNormOnGpu(inputs: KernelInputs, _attrs: object, backend: GpuBackend): TensorInfo[] {
  const tensors = Object.values(inputs).map((x) => ({ x, size: util.sizeFromShape(x.shape) }));
  const count = tensors.reduce((sum, { size }) => sum + partialCount(size), 0);
  const norm = gpuOutput(backend, [], 'float32');
  const partials = gpuOutput(backend, [Math.max(1, count)], 'float32');
  let offset = 0;
  for (const { x, size } of tensors) {
    const blocks = partialCount(size);
    runProgram(backend, {
      name: 'sumOfSquares',
      wgsl: sumOfSquaresWgsl,
      inputs: [x],
      outputs: [partials],
      params: [u32(size), u32(blocks), u32(offset)],
      workgroups: dispatchGrid(blocks),
    });
    offset += blocks;
  }
  runProgram(backend, {
    name: 'normOfPartials',
    wgsl: normOfPartialsWgsl,
    inputs: [partials],
    outputs: [norm],
    params: [u32(count)],
    workgroups: [1],
  });
  return [norm, partials];
}
