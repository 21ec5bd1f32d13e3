import { ENCODE_WGSL } from '../encode-wgsl.ts';

/** Threads of the one workgroup that sums up the rows. */
const SIZE = 256;

/**
 * One workgroup: from the counts of the rows where their entries start, no further than the capacity; and the scales of rows
 * whose entries do not all fit, or the only scale, which is NaN if any row asks for it.
 */
export function startsWgsl(granularity: 'vector' | 'tensor'): string {
  const isVector = granularity === 'vector';
  return /* wgsl */ `
@group(0) @binding(0) var<storage, read> thresholds: array<u32>;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read_write> starts: array<u32>;
@group(0) @binding(3) var<storage, read_write> scales: array<u32>;
struct Params { rows: u32, capacity: u32 }
@group(0) @binding(4) var<uniform> params: Params;

const SIZE: u32 = ${SIZE}u;
const COUNT: u32 = 0x7fffffffu;

var<workgroup> sums: array<u32, SIZE>;
var<workgroup> bad: atomic<u32>;
${ENCODE_WGSL}
@compute @workgroup_size(${SIZE})
fn main(@builtin(local_invocation_index) local: u32) {
  let share = (params.rows + SIZE - 1u) / SIZE;
  let first = min(params.rows, local * share);
  let end = min(params.rows, first + share);
  var sum = 0u;
  for (var row = first; row < end; row++) { sum += counts[row] & COUNT; }
  sums[local] = sum;
  workgroupBarrier();
  var total = 0u;
  for (var i = 0u; i < local; i++) { total += sums[i]; }
  if (local == 0u) { starts[0] = 0u; }
  for (var row = first; row < end; row++) {
    total += counts[row] & COUNT;
    starts[row + 1u] = min(total, params.capacity);
    let isCutShort = (counts[row] & COUNT) > 0u && total > params.capacity;
    ${
      isVector
        ? 'if (isCutShort) { scales[row] = NAN; }'
        : 'if (isCutShort || counts[row] > COUNT) { atomicOr(&bad, 1u); }'
    }
  }
  ${
    isVector
      ? ''
      : `workgroupBarrier();
  if (local == 0u) {
    let bound = max(thresholds[0] & COUNT, thresholds[1] & COUNT);
    scales[0] = select(scaleOf(bound), NAN, bound >= INFINITY || atomicLoad(&bad) != 0u);
  }`
  }
}`;
}
