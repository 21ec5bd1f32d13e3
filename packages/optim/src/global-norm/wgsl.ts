import { repeat } from '../wgsl-repeat.ts';

// Thread t is lane t. Numbers that are not finite are told by their bits, and marked by the bits of a NaN: a shader may
// assume that there are none in arithmetic. Magnitudes are compared as integers, which order them alike.
const addPairwise = `
const notFinite = 0x7fc00000u;
var<workgroup> sums: array<f32, 64>;
var<workgroup> magnitudes: array<u32, 64>;

fn isFinite(bits: u32) -> bool { return (bits & 0x7f800000u) != 0x7f800000u; }

fn addPairwise(lane: u32, sum: f32, magnitude: u32) {
  sums[lane] = sum;
  magnitudes[lane] = magnitude;
  for (var half = 32u; half >= 1u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] += sums[lane + half];
      magnitudes[lane] = max(magnitudes[lane], magnitudes[lane + half]);
    }
  }
}`;

const scan = (k: number): string => `
  if (block >= params.begin${k} && (block - params.begin${k}) * 4096u < params.size${k}) {
    let start = (block - params.begin${k}) * 4096u;
    let end = min(params.size${k}, start + 4096u);
    for (var i = start + lane; i < end; i += 64u) {
      let bits = x${k}[i];
      largest = max(largest, bits & 0x7fffffffu);
      if (isFinite(bits)) { sum += bitcast<f32>(bits) * bitcast<f32>(bits); }
    }
  }`;

/** The first stage over `count` tensors: a workgroup has one block of the tensor whose blocks it falls in. */
export function blockStatisticsWgsl(count: number): string {
  return `
struct Params {
  offset: u32, groupBlocks: u32, blocks: u32,
  ${repeat(count, (k) => `size${k}: u32, begin${k}: u32,`, ' ')}
}
${repeat(count, (k) => `@group(0) @binding(${k}) var<storage, read> x${k}: array<u32>;`)}
@group(0) @binding(${count}) var<storage, read_write> statistics: array<u32>;
@group(0) @binding(${count + 1}) var<uniform> params: Params;
${addPairwise}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let block = workgroup.y * grid.x + workgroup.x;
  var sum = 0.0;
  var largest = 0u;
  ${repeat(count, scan)}
  addPairwise(lane, sum, largest);
  if (lane == 0u && block < params.groupBlocks) {
    let total = bitcast<u32>(sums[0]);
    statistics[params.offset + block] = select(notFinite, total, isFinite(magnitudes[0]));
    statistics[params.offset + block + params.blocks] = magnitudes[0];
  }
}`;
}

/** The second stage, in one workgroup. */
export const clippedNormWgsl: string = `
struct Params { blocks: u32, clipNorm: f32 }
@group(0) @binding(0) var<storage, read> statistics: array<u32>;
@group(0) @binding(1) var<storage, read_write> norm: array<u32>;
@group(0) @binding(2) var<storage, read_write> clipFactor: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;
${addPairwise}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  var largest = 0u;
  for (var i = lane; i < params.blocks; i += 64u) {
    let bits = statistics[i];
    largest = max(largest, bits);
    if (isFinite(bits)) { sum += bitcast<f32>(bits); }
  }
  addPairwise(lane, sum, largest);
  if (lane != 0u) { return; }
  // The sum of finite numbers may still have overflowed.
  if (!isFinite(magnitudes[0]) || !isFinite(bitcast<u32>(sums[0]))) {
    norm[0] = notFinite;
    clipFactor[0] = 0.0;
    return;
  }
  let root = sqrt(sums[0]);
  norm[0] = bitcast<u32>(root);
  var factor = 1.0;
  if (root > params.clipNorm) { factor = params.clipNorm / root; }
  clipFactor[0] = factor;
}`;
