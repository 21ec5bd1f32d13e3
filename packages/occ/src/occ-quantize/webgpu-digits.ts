import { ROW_WGSL } from './webgpu-row.ts';

const WORKGROUP_SIZE = 64;

/**
 * The kernel for any ranks, one workgroup a row. Both ranks are selected at once, four bits of the order key a pass, by
 * histograms in workgroup memory (388 bytes in all); integer atomics commute, so the result does not depend on the
 * order of threads. After that every thread encodes whole words, and a contiguous share of the columns for the residual.
 */
export const DIGITS_WGSL: string = /* wgsl */ `${ROW_WGSL}
const SIZE: u32 = ${WORKGROUP_SIZE}u;

var<workgroup> histograms: array<atomic<u32>, 32>;
var<workgroup> selected: array<u32, 2>;
var<workgroup> ranks: array<u32, 2>;
var<workgroup> largest: atomic<u32>;
var<workgroup> counts: array<u32, SIZE>;

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

  let midpoints = midpointsOf(scale);
  let words = (cols + 7u) / 8u;
  for (var word = local; word < words; word += SIZE) {
    var packed = 0u;
    for (var i = 0u; i < min(8u, cols - word * 8u); i++) {
      let kept = bitsOfKey(clamp(orderKey(x[start + word * 8u + i]), lowerKey, upperKey));
      packed |= codeOf(kept, midpoints) << (4u * i);
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
