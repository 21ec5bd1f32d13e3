import { E4M3_WGSL } from '../e4m3-wgsl.ts';
import { ENCODE_WGSL } from '../encode-wgsl.ts';

/**
 * One workgroup a row: its entries, from the marks, in ascending order of columns. Each thread takes a contiguous share of
 * the marks. Of the activation only the clamped elements are read.
 */
export function entriesWgsl(isE4m3: boolean, threads: number): string {
  return /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> thresholds: array<u32>;
@group(0) @binding(2) var<storage, read> marks: array<u32>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read_write> columns: array<u32>;
@group(0) @binding(5) var<storage, read_write> values: array<u32>;
struct Params { rows: u32, cols: u32, capacity: u32 }
@group(0) @binding(6) var<uniform> params: Params;

const SIZE: u32 = ${threads}u;

var<workgroup> counts: array<u32, SIZE>;
var<workgroup> largest: atomic<u32>;
${ENCODE_WGSL}${isE4m3 ? E4M3_WGSL : ''}
fn residualOf(bits: u32, lower: u32, upper: u32) -> u32 {
  let kept = bitsOfKey(clamp(orderKey(bits), lower, upper));
  return bitcast<u32>(bitcast<f32>(flush(bits)) - bitcast<f32>(flush(kept)));
}

@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) { return; }
  // What no row uses, shared out among all rows.
  for (var slot = starts[params.rows] + row * SIZE + local; slot < params.capacity; slot += params.rows * SIZE) {
    columns[slot] = 0u;
    values[slot] = 0u;
  }

  let lower = orderKey(thresholds[0]);
  let upper = orderKey(thresholds[1]);
  let words = (params.cols + 31u) / 32u;
  let share = (words + SIZE - 1u) / SIZE;
  let first = min(words, local * share);
  let end = min(words, first + share);
  var count = 0u;
  var amax = 0u;
  for (var word = first; word < end; word++) {
    let marked = marks[row * words + word];
    count += countOneBits(marked);
    ${
      isE4m3
        ? `for (var left = marked; left != 0u; left &= left - 1u) {
      let bits = x[row * params.cols + word * 32u + countTrailingZeros(left)];
      amax = max(amax, residualOf(bits, lower, upper) & 0x7fffffffu);
    }`
        : ''
    }
  }
  counts[local] = count;
  atomicMax(&largest, amax);
  workgroupBarrier();
  var slot = starts[row];
  for (var i = 0u; i < local; i++) { slot += counts[i]; }
  let rowEnd = starts[row + 1u];
  ${isE4m3 ? 'let rowAmax = atomicLoad(&largest);\n  let exponent = e4m3ScaleExponent(max(rowAmax, MIN_AMAX));' : ''}
  for (var word = first; word < end; word++) {
    for (var left = marks[row * words + word]; left != 0u && slot < rowEnd; left &= left - 1u) {
      let column = word * 32u + countTrailingZeros(left);
      var value = residualOf(x[row * params.cols + column], lower, upper);
      ${
        isE4m3
          ? `let exact = value;
      value = roundE4m3(exact, exponent);
      if (rowAmax < MIN_AMAX) { value = exact & 0x80000000u; }
      if (rowAmax >= INFINITY) { value = NAN; }`
          : ''
      }
      columns[slot] = column;
      values[slot] = value;
      slot++;
    }
  }
}`;
}
