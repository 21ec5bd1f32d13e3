// Panels of decoded codes. A panel holds R rows of one operand, interleaved so that the product kernel reads it once,
// front to back: for every word of eight codes, `GROUPS` groups, each with four bytes of every row.
//
// Four bytes are what a 32-bit lane of a dot product takes: four int8 with relaxed SIMD, else two int16. Which codes of
// the word share a group does not matter, as long as both operands agree: the even ones come first, then the odd ones.

/** Groups of four bytes that a word of eight codes decodes to. */
export const GROUPS: usize = ASC_FEATURE_RELAXED_SIMD ? 2 : 4;

/** Bytes of a panel of `rows` rows and `words` words. */
@inline
export function panelBytes(rows: usize, words: usize): usize {
  return rows * words * GROUPS * 4;
}

/**
 * Decodes `valid` rows of `words` words through `table` to a panel of `rows` rows, and fills the rest with zero.
 * `sums[r]` becomes -12 times the sum of the decoded row, where `sums` is not null.
 */
export function packPanel(
  panel: usize,
  rows: usize,
  codes: usize,
  codesStride: usize,
  valid: usize,
  words: usize,
  table: v128,
  sums: usize,
): void {
  const groupBytes = rows << 2;
  const wordBytes = groupBytes * GROUPS;
  for (let row: usize = 0; row < rows; row++, panel += 4, codes += codesStride) {
    let out = panel;
    if (row >= valid) {
      for (let word: usize = 0; word < words; word++, out += wordBytes) {
        for (let group: usize = 0; group < GROUPS; group++) store<i32>(out + group * groupBytes, 0);
      }
      if (sums) store<i32>(sums + (row << 2), 0);
      continue;
    }
    let sum = i32x4.splat(0);
    let from = codes;
    const end = codes + (words << 2);
    for (; from + 16 <= end; from += 16) {
      const bytes = v128.load(from);
      const even = i8x16.swizzle(table, v128.and(bytes, i8x16.splat(15)));
      const odd = i8x16.swizzle(table, i8x16.shr_u(bytes, 4));
      if (ASC_FEATURE_RELAXED_SIMD) sum = i32x4.add(sum, sumBytes(even, odd));
      storeWord(out, groupBytes, even, odd, 0);
      storeWord(out + wordBytes, groupBytes, even, odd, 1);
      storeWord(out + 2 * wordBytes, groupBytes, even, odd, 2);
      storeWord(out + 3 * wordBytes, groupBytes, even, odd, 3);
      out += 4 * wordBytes;
    }
    for (; from < end; from += 4, out += wordBytes) {
      const bytes = v128.load_zero<u32>(from);
      const even = i8x16.swizzle(table, v128.and(bytes, i8x16.splat(15)));
      const odd = i8x16.swizzle(table, i8x16.shr_u(bytes, 4));
      // The twelve bytes above are code 0, which decodes to 0 in the operand that is summed.
      if (ASC_FEATURE_RELAXED_SIMD) sum = i32x4.add(sum, sumBytes(even, odd));
      storeWord(out, groupBytes, even, odd, 0);
    }
    if (sums) {
      const total =
        i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
      store<i32>(sums + (row << 2), -12 * total);
    }
  }
}

@inline
function sumBytes(even: v128, odd: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(i8x16.add(even, odd)));
}

/** Stores the groups of word `lane` of four. */
@inline
function storeWord(out: usize, groupBytes: usize, even: v128, odd: v128, lane: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    storeLane(out, even, lane);
    storeLane(out + groupBytes, odd, lane);
  } else {
    const evenWide = lane < 2 ? i16x8.extend_low_i8x16_s(even) : i16x8.extend_high_i8x16_s(even);
    const oddWide = lane < 2 ? i16x8.extend_low_i8x16_s(odd) : i16x8.extend_high_i8x16_s(odd);
    const pair = (lane & 1) << 1;
    storeLane(out, evenWide, pair);
    storeLane(out + groupBytes, evenWide, pair + 1);
    storeLane(out + 2 * groupBytes, oddWide, pair);
    storeLane(out + 3 * groupBytes, oddWide, pair + 1);
  }
}

@inline
function storeLane(out: usize, vector: v128, lane: i32): void {
  if (lane == 0) v128.store32_lane(out, vector, 0);
  else if (lane == 1) v128.store32_lane(out, vector, 1);
  else if (lane == 2) v128.store32_lane(out, vector, 2);
  else v128.store32_lane(out, vector, 3);
}
