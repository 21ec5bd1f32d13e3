import { ENCODE_WGSL } from './encode-wgsl.ts';

/** Threads of a workgroup of the kernels for a row. */
export const ROW_SIZE = 64;

/** In the count of a row's entries: the row holds a NaN or infinity. */
const BAD_ROW = 0x80000000;

/**
 * One workgroup a row: the codes, the row's scale where it has one, a bit for each clamped element, and how many those are.
 * Every thread encodes whole words of eight elements; each round of {@link ROW_SIZE} words shares its marks in workgroup
 * memory.
 */
export function codesWgsl(granularity: 'vector' | 'tensor'): string {
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

const SIZE: u32 = ${ROW_SIZE}u;

var<workgroup> largest: atomic<u32>;
var<workgroup> largestClamped: atomic<u32>;
var<workgroup> entries: atomic<u32>;
var<workgroup> marksOf: array<u32, SIZE>;
${ENCODE_WGSL}
@compute @workgroup_size(${ROW_SIZE})
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
  for (var base = 0u; base < words; base += SIZE) {
    let word = base + local;
    var marked = 0u;
    if (word < words) {
      var packed = 0u;
      for (var i = 0u; i < min(8u, cols - word * 8u); i++) {
        let bits = x[start + word * 8u + i];
        let kept = select(bits, bitsOfKey(clamp(orderKey(bits), lower, upper)), isFinite);
        packed |= codeOf(kept, midpoints) << (4u * i);
        marked |= u32(flush(bits) != flush(kept)) << i;
      }
      codes[row * words + word] = packed;
    }
    atomicAdd(&entries, countOneBits(marked));
    marksOf[local] = marked;
    workgroupBarrier();
    let markWord = base / 4u + local;
    if (local < SIZE / 4u && markWord < markWords) {
      let at = local * 4u;
      marks[row * markWords + markWord] =
        marksOf[at] | (marksOf[at + 1u] << 8u) | (marksOf[at + 2u] << 16u) | (marksOf[at + 3u] << 24u);
    }
    workgroupBarrier();
  }
  if (local == 0u) { counts[row] = select(${BAD_ROW}u, atomicLoad(&entries), isFinite); }
}`;
}
