import { ENCODE_WGSL } from '../encode-wgsl.ts';

/** In the count of a row's entries: the row holds a NaN or infinity. */
const BAD_ROW = 0x80000000;

/**
 * One workgroup a row: the codes, the row's scale where it has one, a bit for each clamped element, and how many those are.
 * After the amax every thread takes 32 elements at a time, a word of marks and four of codes.
 */
export function codesWgsl(granularity: 'vector' | 'tensor', threads: number): string {
  const isVector = granularity === 'vector';
  return /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> thresholds: array<u32>;
@group(0) @binding(2) var<storage, read_write> codes: array<u32>;
@group(0) @binding(3) var<storage, read_write> marks: array<u32>;
@group(0) @binding(4) var<storage, read_write> counts: array<u32>;
${isVector ? '@group(0) @binding(5) var<storage, read_write> scales: array<u32>;' : ''}
struct Params { rows: u32, cols: u32 }
@group(0) @binding(${isVector ? 6 : 5}) var<uniform> params: Params;

const SIZE: u32 = ${threads}u;

var<workgroup> largest: atomic<u32>;
var<workgroup> largestClamped: atomic<u32>;
var<workgroup> entries: atomic<u32>;
${ENCODE_WGSL}
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) { return; }
  let cols = params.cols;
  let start = row * cols;
  let lower = orderKey(thresholds[0]);
  let upper = orderKey(thresholds[1]);

  var amax = 0u;
  var amaxClamped = 0u;
  for (var i = start + local; i < start + cols; i += SIZE) {
    let bits = x[i];
    amax = max(amax, bits & 0x7fffffffu);
    amaxClamped = max(amaxClamped, bitsOfKey(clamp(orderKey(bits), lower, upper)) & 0x7fffffffu);
  }
  atomicMax(&largest, amax);
  atomicMax(&largestClamped, amaxClamped);
  workgroupBarrier();
  let isFinite = atomicLoad(&largest) < INFINITY;
  ${
    isVector
      ? 'let bound = atomicLoad(&largestClamped);'
      : 'let bound = max(thresholds[0] & 0x7fffffffu, thresholds[1] & 0x7fffffffu);'
  }
  let scale = select(0u, scaleOf(bound), isFinite && bound < INFINITY);
  ${isVector ? 'if (local == 0u) { scales[row] = select(NAN, scale, isFinite); }' : ''}

  let midpoints = midpointsOf(scale);
  let words = (cols + 7u) / 8u;
  let markWords = (cols + 31u) / 32u;
  var count = 0u;
  for (var word = local; word < markWords; word += SIZE) {
    var marked = 0u;
    for (var part = 0u; part < min(4u, words - word * 4u); part++) {
      let first = (word * 4u + part) * 8u;
      var packed = 0u;
      for (var i = 0u; i < min(8u, cols - first); i++) {
        let bits = x[start + first + i];
        let kept = select(bits, bitsOfKey(clamp(orderKey(bits), lower, upper)), isFinite);
        packed |= codeOf(kept, midpoints) << (4u * i);
        marked |= u32(flush(bits) != flush(kept)) << (part * 8u + i);
      }
      codes[row * words + word * 4u + part] = packed;
    }
    marks[row * markWords + word] = marked;
    count += countOneBits(marked);
  }
  atomicAdd(&entries, count);
  workgroupBarrier();
  if (local == 0u) { counts[row] = select(${BAD_ROW}u, atomicLoad(&entries), isFinite); }
}`;
}
