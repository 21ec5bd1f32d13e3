import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { spreadWorkgroups } from '../workgroups.ts';
import type { OccQuantizeAttrs } from './kernel-name.ts';

const WORKGROUP_SIZE = 64;

/**
 * One workgroup a row. Both ranks are selected at once, four bits of the order key a pass, by histograms in workgroup
 * memory (388 bytes in all); integer atomics commute, so the result does not depend on the order of threads. After
 * that every thread encodes whole words, and a contiguous share of the columns for the residual.
 */
const WGSL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> codes: array<u32>;
@group(0) @binding(2) var<storage, read_write> scales: array<u32>;
@group(0) @binding(3) var<storage, read_write> indices: array<u32>;
@group(0) @binding(4) var<storage, read_write> values: array<f32>;
struct Params { rows: u32, cols: u32, lower: u32, upper: u32 }
@group(0) @binding(5) var<uniform> params: Params;

const SIZE: u32 = ${WORKGROUP_SIZE}u;
const INFINITY: u32 = 0x7f800000u;
const MIN_AMAX: u32 = 0x0d800000u; // 2^-100
const NAN: u32 = 0x7fc00000u;

var<workgroup> histograms: array<atomic<u32>, 32>;
var<workgroup> selected: array<u32, 2>;
var<workgroup> ranks: array<u32, 2>;
var<workgroup> largest: atomic<u32>;
var<workgroup> counts: array<u32, SIZE>;

// Unsigned order key; mirrors src/order-key.ts with the sign bit flipped.
fn orderKey(bits: u32) -> u32 {
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}

fn bitsOfKey(key: u32) -> u32 {
  return select(~key, key & 0x7fffffffu, (key >> 31u) == 1u);
}

// RN(amax / 6): the mantissa times 4/3 or 2/3, whichever has 24 bits, in integers.
fn scaleOf(amax: u32) -> u32 {
  if (amax < MIN_AMAX) { return 0u; }
  let mantissa = (amax & 0x7fffffu) | 0x800000u;
  let isLarge = mantissa >= 0xc00000u;
  let numerator = mantissa * select(4u, 2u, isLarge);
  // A remainder of 1 of 3 rounds down, 2 of 3 up, and there are no ties.
  let quotient = numerator / 3u + select(0u, 1u, numerator % 3u == 2u);
  return (((amax >> 23u) - select(3u, 2u, isLarge)) << 23u) | (quotient & 0x7fffffu);
}

// encodeThresholds(scale)[i] of @nibble-ml/fp4-format; quarters is 4 times the i-th midpoint.
fn threshold(scale: u32, quarters: u32, inclusive: bool) -> u32 {
  if (scale == 0u) { return 0x7fffffffu; }
  let product = quarters * ((scale & 0x7fffffu) | 0x800000u);
  let shift = 8u - countLeadingZeros(product);
  let kept = product >> shift;
  let down = (((scale >> 23u) + shift - 3u) << 23u) + kept;
  return down - select(0u, 1u, inclusive && (kept << shift) == product);
}

// The value of a bit pattern, 0 below 2^-100: the difference of two such values is never subnormal.
fn flush(bits: u32) -> u32 {
  return select(bits, 0u, (bits & 0x7fffffffu) < MIN_AMAX);
}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) { return; }
  let cols = params.cols;
  let start = row * cols;

  if (local == 0u) {
    atomicStore(&largest, 0u);
    selected[0] = 0u;
    selected[1] = 0u;
    ranks[0] = params.lower;
    ranks[1] = params.upper;
  }
  workgroupBarrier();

  var myLargest = 0u;
  for (var col = local; col < cols; col += SIZE) { myLargest = max(myLargest, x[start + col] & 0x7fffffffu); }
  atomicMax(&largest, myLargest);

  for (var step = 0u; step < 8u; step++) {
    let shift = 28u - 4u * step;
    if (local < 32u) { atomicStore(&histograms[local], 0u); }
    workgroupBarrier();
    let high = select(0u, 0xffffffffu << ((shift + 4u) & 31u), step > 0u);
    let below = selected[0];
    let above = selected[1];
    for (var col = local; col < cols; col += SIZE) {
      let key = orderKey(x[start + col]);
      let digit = (key >> shift) & 15u;
      if (((key ^ below) & high) == 0u) { atomicAdd(&histograms[digit], 1u); }
      if (((key ^ above) & high) == 0u) { atomicAdd(&histograms[16u + digit], 1u); }
    }
    workgroupBarrier();
    if (local < 2u) {
      var rank = ranks[local];
      var digit = 0u;
      var count = atomicLoad(&histograms[16u * local]);
      while (rank >= count && digit < 15u) {
        rank -= count;
        digit++;
        count = atomicLoad(&histograms[16u * local + digit]);
      }
      ranks[local] = rank;
      selected[local] |= digit << shift;
    }
    workgroupBarrier();
  }

  let isFinite = atomicLoad(&largest) < INFINITY;
  var lowerKey = 0u;
  var upperKey = 0xffffffffu;
  var scale = 0u;
  if (isFinite) {
    lowerKey = selected[0];
    upperKey = selected[1];
    scale = scaleOf(max(bitsOfKey(lowerKey) & 0x7fffffffu, bitsOfKey(upperKey) & 0x7fffffffu));
  }
  if (local == 0u) { scales[row] = select(NAN, scale, isFinite); }

  let t0 = threshold(scale, 1u, false);
  let t1 = threshold(scale, 3u, true);
  let t2 = threshold(scale, 5u, false);
  let t3 = threshold(scale, 7u, true);
  let t4 = threshold(scale, 10u, false);
  let t5 = threshold(scale, 14u, true);
  let t6 = threshold(scale, 20u, false);
  let words = (cols + 7u) / 8u;
  for (var word = local; word < words; word += SIZE) {
    var packed = 0u;
    for (var i = 0u; i < min(8u, cols - word * 8u); i++) {
      let bits = bitsOfKey(clamp(orderKey(x[start + word * 8u + i]), lowerKey, upperKey));
      let magnitude = bits & 0x7fffffffu;
      let code = u32(magnitude > t0) + u32(magnitude > t1) + u32(magnitude > t2) + u32(magnitude > t3)
        + u32(magnitude > t4) + u32(magnitude > t5) + u32(magnitude > t6);
      packed |= (code | ((bits >> 28u) & 8u)) << (4u * i);
    }
    codes[row * words + word] = packed;
  }

  let share = (cols + SIZE - 1u) / SIZE;
  let first = min(cols, local * share);
  let end = min(cols, first + share);
  var count = 0u;
  for (var col = first; col < end; col++) {
    let bits = x[start + col];
    let kept = bitsOfKey(clamp(orderKey(bits), lowerKey, upperKey));
    count += u32(flush(bits) != flush(kept));
  }
  counts[local] = count;
  workgroupBarrier();

  var before = 0u;
  var total = 0u;
  for (var i = 0u; i < SIZE; i++) {
    if (i == local) { before = total; }
    total += counts[i];
  }
  let width = params.lower + cols - 1u - params.upper;
  var slot = row * width + before;
  for (var col = first; col < end; col++) {
    let bits = x[start + col];
    let kept = bitsOfKey(clamp(orderKey(bits), lowerKey, upperKey));
    if (flush(bits) != flush(kept)) {
      indices[slot] = col;
      values[slot] = bitcast<f32>(flush(bits)) - bitcast<f32>(flush(kept));
      slot++;
    }
  }
  for (var unused = total + local; unused < width; unused += SIZE) {
    indices[row * width + unused] = 0u;
    values[row * width + unused] = 0.0;
  }
}`;

/** Runs the WGSL kernel. */
export function occQuantizeWebGpu(
  inputs: KernelInputs,
  { lower, upper }: OccQuantizeAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  const x = inputs['x']!;
  const [rows, cols] = x.shape as [number, number];
  const width = lower + cols - 1 - upper;
  const outputs = [
    gpuOutput(backend, [rows, Math.ceil(cols / 8)], 'int32'),
    gpuOutput(backend, [rows], 'float32'),
    gpuOutput(backend, [rows, width], 'int32'),
    gpuOutput(backend, [rows, width], 'float32'),
  ];
  runProgram(backend, {
    name: 'occQuantize',
    wgsl: WGSL,
    inputs: [x],
    outputs,
    params: [u32(rows), u32(cols), u32(lower), u32(upper)],
    workgroups: spreadWorkgroups(rows),
  });
  return outputs;
}
