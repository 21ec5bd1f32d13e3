/** Threads of a workgroup that selects. */
export const SELECT_SIZE = 256;

/**
 * WGSL function `selectLargest(length, rank, local)`: the key at `rank` (from 0) in descending order among `keyAt(0)` to
 * `keyAt(length - 1)`, which the including shader defines. Radix selection, eight bits a pass, by a histogram in workgroup
 * memory; integer atomics commute, so the result does not depend on the order of threads.
 */
export const SELECT_WGSL: string = /* wgsl */ `
const SIZE: u32 = ${SELECT_SIZE}u;

var<workgroup> histogram: array<atomic<u32>, SIZE>;
var<workgroup> selected: u32;
var<workgroup> rankLeft: u32;

// Unsigned order key; mirrors src/order-key.ts with the sign bit flipped.
fn orderKey(bits: u32) -> u32 {
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}

fn bitsOfKey(key: u32) -> u32 {
  return select(~key, key & 0x7fffffffu, (key >> 31u) == 1u);
}

fn selectLargest(length: u32, rank: u32, local: u32) -> u32 {
  workgroupBarrier();
  if (local == 0u) {
    selected = 0u;
    rankLeft = rank;
  }
  for (var step = 0u; step < 4u; step++) {
    let shift = 24u - 8u * step;
    atomicStore(&histogram[local], 0u);
    workgroupBarrier();
    let high = select(0u, 0xffffffffu << ((shift + 8u) & 31u), step > 0u);
    let prefix = selected;
    for (var i = local; i < length; i += SIZE) {
      let key = keyAt(i);
      if (((key ^ prefix) & high) == 0u) { atomicAdd(&histogram[(key >> shift) & 255u], 1u); }
    }
    workgroupBarrier();
    if (local == 0u) {
      var digit = 255u;
      var left = rankLeft;
      var count = atomicLoad(&histogram[digit]);
      while (left >= count && digit > 0u) {
        left -= count;
        digit--;
        count = atomicLoad(&histogram[digit]);
      }
      rankLeft = left;
      selected = prefix | (digit << shift);
    }
    workgroupBarrier();
  }
  return selected;
}
`;
