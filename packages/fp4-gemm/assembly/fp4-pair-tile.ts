// Forward products with plain SIMD: `i32x4.dot_i16x8_s` multiplies two rows of x at once. A pair of rows is one int16,
// a + 2048 b; so each product of it with w is A + 2048 B, and three groups of two steps keep |A| <= 3 * 288 < 1024, where both
// can be told apart. Nine instructions then do what twelve would.

/** Pairs of rows in a tile. */
const PAIRS: usize = 2;
const SHIFT: i32 = 11;
/** Takes A with its sign out of A + 2048 B. */
const KEEP_LOW: i32 = 32 - SHIFT;

/** Bytes of a panel of two pairs of rows: four groups for each word. */
@inline
export function pairPanelBytes(words: usize): usize {
  return words * 4 * PAIRS * 4;
}

/** Decodes `valid` of four rows of `words` words to a panel of pairs. */
export function packPairs(panel: usize, codes: usize, codesStride: usize, valid: usize, words: usize, table: v128): void {
  const low = i8x16.splat(15);
  for (let row: usize = 0; row < valid; row += 2, panel += 4) {
    let a = codes + row * codesStride;
    // A row without a partner is its own; nobody reads the result.
    let b = row + 1 < valid ? a + codesStride : a;
    let out = panel;
    const end = a + (words << 2);
    for (; a + 16 <= end; a += 16, b += 16, out += 128) {
      const bytesA = v128.load(a);
      const bytesB = v128.load(b);
      const evenA = i8x16.swizzle(table, v128.and(bytesA, low));
      const evenB = i8x16.swizzle(table, v128.and(bytesB, low));
      const oddA = i8x16.swizzle(table, i8x16.shr_u(bytesA, 4));
      const oddB = i8x16.swizzle(table, i8x16.shr_u(bytesB, 4));
      const even0 = joined(i16x8.extend_low_i8x16_s(evenA), i16x8.extend_low_i8x16_s(evenB));
      const odd0 = joined(i16x8.extend_low_i8x16_s(oddA), i16x8.extend_low_i8x16_s(oddB));
      const even1 = joined(i16x8.extend_high_i8x16_s(evenA), i16x8.extend_high_i8x16_s(evenB));
      const odd1 = joined(i16x8.extend_high_i8x16_s(oddA), i16x8.extend_high_i8x16_s(oddB));
      v128.store32_lane(out, even0, 0);
      v128.store32_lane(out, even0, 1, 8);
      v128.store32_lane(out, odd0, 0, 16);
      v128.store32_lane(out, odd0, 1, 24);
      v128.store32_lane(out, even0, 2, 32);
      v128.store32_lane(out, even0, 3, 40);
      v128.store32_lane(out, odd0, 2, 48);
      v128.store32_lane(out, odd0, 3, 56);
      v128.store32_lane(out, even1, 0, 64);
      v128.store32_lane(out, even1, 1, 72);
      v128.store32_lane(out, odd1, 0, 80);
      v128.store32_lane(out, odd1, 1, 88);
      v128.store32_lane(out, even1, 2, 96);
      v128.store32_lane(out, even1, 3, 104);
      v128.store32_lane(out, odd1, 2, 112);
      v128.store32_lane(out, odd1, 3, 120);
    }
    for (; a < end; a += 4, b += 4, out += 32) {
      const bytesA = v128.load32_zero(a);
      const bytesB = v128.load32_zero(b);
      const evenA = i8x16.swizzle(table, v128.and(bytesA, low));
      const evenB = i8x16.swizzle(table, v128.and(bytesB, low));
      const oddA = i8x16.swizzle(table, i8x16.shr_u(bytesA, 4));
      const oddB = i8x16.swizzle(table, i8x16.shr_u(bytesB, 4));
      const even = joined(i16x8.extend_low_i8x16_s(evenA), i16x8.extend_low_i8x16_s(evenB));
      const odd = joined(i16x8.extend_low_i8x16_s(oddA), i16x8.extend_low_i8x16_s(oddB));
      v128.store32_lane(out, even, 0);
      v128.store32_lane(out, even, 1, 8);
      v128.store32_lane(out, odd, 0, 16);
      v128.store32_lane(out, odd, 1, 24);
    }
  }
}

@inline
function joined(a: v128, b: v128): v128 {
  return i16x8.add(a, i16x8.shl(b, SHIFT));
}

/**
 * Writes the integer products of a panel of pairs and a panel of w, of `groups` groups each, to `sums`, int32 `[4, 8]`.
 * At most 2048 steps, so that 2048 B stays below 2^31.
 */
export function multiplyPairs(x: usize, w: usize, groups: usize, sums: usize): void {
  // Sums of A + 2048 B, and of A.
  let joint00 = i32x4.splat(0);
  let joint01 = joint00;
  let joint10 = joint00;
  let joint11 = joint00;
  let low00 = joint00;
  let low01 = joint00;
  let low10 = joint00;
  let low11 = joint00;
  const end = w + (groups << 5);
  for (; w + 96 <= end; w += 96, x += 24) {
    let w0 = v128.load(w);
    let w1 = v128.load(w, 16);
    let pair = v128.load32_splat(x);
    let sum00 = i32x4.dot_i16x8_s(pair, w0);
    let sum01 = i32x4.dot_i16x8_s(pair, w1);
    pair = v128.load32_splat(x, 4);
    let sum10 = i32x4.dot_i16x8_s(pair, w0);
    let sum11 = i32x4.dot_i16x8_s(pair, w1);
    w0 = v128.load(w, 32);
    w1 = v128.load(w, 48);
    pair = v128.load32_splat(x, 8);
    sum00 = i32x4.add(sum00, i32x4.dot_i16x8_s(pair, w0));
    sum01 = i32x4.add(sum01, i32x4.dot_i16x8_s(pair, w1));
    pair = v128.load32_splat(x, 12);
    sum10 = i32x4.add(sum10, i32x4.dot_i16x8_s(pair, w0));
    sum11 = i32x4.add(sum11, i32x4.dot_i16x8_s(pair, w1));
    w0 = v128.load(w, 64);
    w1 = v128.load(w, 80);
    pair = v128.load32_splat(x, 16);
    sum00 = i32x4.add(sum00, i32x4.dot_i16x8_s(pair, w0));
    sum01 = i32x4.add(sum01, i32x4.dot_i16x8_s(pair, w1));
    pair = v128.load32_splat(x, 20);
    sum10 = i32x4.add(sum10, i32x4.dot_i16x8_s(pair, w0));
    sum11 = i32x4.add(sum11, i32x4.dot_i16x8_s(pair, w1));
    joint00 = i32x4.add(joint00, sum00);
    low00 = i32x4.add(low00, lowPart(sum00));
    joint01 = i32x4.add(joint01, sum01);
    low01 = i32x4.add(low01, lowPart(sum01));
    joint10 = i32x4.add(joint10, sum10);
    low10 = i32x4.add(low10, lowPart(sum10));
    joint11 = i32x4.add(joint11, sum11);
    low11 = i32x4.add(low11, lowPart(sum11));
  }
  for (; w < end; w += 32, x += 8) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    let pair = v128.load32_splat(x);
    const sum00 = i32x4.dot_i16x8_s(pair, w0);
    const sum01 = i32x4.dot_i16x8_s(pair, w1);
    pair = v128.load32_splat(x, 4);
    const sum10 = i32x4.dot_i16x8_s(pair, w0);
    const sum11 = i32x4.dot_i16x8_s(pair, w1);
    joint00 = i32x4.add(joint00, sum00);
    low00 = i32x4.add(low00, lowPart(sum00));
    joint01 = i32x4.add(joint01, sum01);
    low01 = i32x4.add(low01, lowPart(sum01));
    joint10 = i32x4.add(joint10, sum10);
    low10 = i32x4.add(low10, lowPart(sum10));
    joint11 = i32x4.add(joint11, sum11);
    low11 = i32x4.add(low11, lowPart(sum11));
  }
  v128.store(sums, low00);
  v128.store(sums, low01, 16);
  v128.store(sums, i32x4.shr_s(i32x4.sub(joint00, low00), SHIFT), 32);
  v128.store(sums, i32x4.shr_s(i32x4.sub(joint01, low01), SHIFT), 48);
  v128.store(sums, low10, 64);
  v128.store(sums, low11, 80);
  v128.store(sums, i32x4.shr_s(i32x4.sub(joint10, low10), SHIFT), 96);
  v128.store(sums, i32x4.shr_s(i32x4.sub(joint11, low11), SHIFT), 112);
}

@inline
function lowPart(sum: v128): v128 {
  return i32x4.shr_s(i32x4.shl(sum, KEEP_LOW), KEEP_LOW);
}
