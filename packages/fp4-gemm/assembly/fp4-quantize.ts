const MAGNITUDE: i32 = 0x7fffffff;
const INFINITY_BITS: i32 = 0x7f800000;
const NAN_BITS: i32 = 0x7fc00000;
/** 2^-100: below it a block counts as zero, so that no subnormal takes part. */
const MIN_AMAX_BITS: i32 = (127 - 100) << 23;

/** Quantizes `[rows, cols]` to packed E2M1 codes; the definition is `src/fp4-quantize/reference.ts`. */
export function fp4Quantize(x: usize, rows: i32, cols: i32, perTensor: bool, codes: usize, scales: usize): void {
  const rowBytes: usize = <usize>cols << 2;
  const wordBytes: usize = ((<usize>cols + 7) >> 3) << 2;
  let scaleBits = 0;
  if (perTensor) {
    scaleBits = scaleFor(amaxBits(x, <usize>rows * rowBytes));
    store<i32>(scales, scaleBits);
  }
  for (let row = 0; row < rows; row++) {
    if (!perTensor) {
      scaleBits = scaleFor(amaxBits(x, rowBytes));
      store<i32>(scales + (<usize>row << 2), scaleBits);
    }
    encodeRow(x, cols, scaleBits, codes);
    x += rowBytes;
    codes += wordBytes;
  }
}

/** The largest magnitude as bits, which order like integers; NaN is above infinity. */
function amaxBits(x: usize, bytes: usize): i32 {
  const magnitude = i32x4.splat(MAGNITUDE);
  const end = x + bytes;
  let largest0 = i32x4.splat(0);
  let largest1 = i32x4.splat(0);
  for (; x + 32 <= end; x += 32) {
    largest0 = i32x4.max_s(largest0, v128.and(v128.load(x), magnitude));
    largest1 = i32x4.max_s(largest1, v128.and(v128.load(x, 16), magnitude));
  }
  largest0 = i32x4.max_s(largest0, largest1);
  let largest = max(
    max(i32x4.extract_lane(largest0, 0), i32x4.extract_lane(largest0, 1)),
    max(i32x4.extract_lane(largest0, 2), i32x4.extract_lane(largest0, 3)),
  );
  for (; x < end; x += 4) largest = max(largest, load<i32>(x) & MAGNITUDE);
  return largest;
}

/** RN(amax / 6) as bits; zero for a tiny amax, NaN for one that is not finite. */
function scaleFor(amax: i32): i32 {
  if (amax >= INFINITY_BITS) return NAN_BITS;
  if (amax < MIN_AMAX_BITS) return 0;
  return reinterpret<i32>(reinterpret<f32>(amax) / 6);
}

/**
 * The bits below which |x| has not passed the midpoint `quarters / 4 * scale`: those of the product rounded down where
 * it must be exceeded, one less than those of it rounded up where meeting it is enough.
 */
function threshold(scale: i32, quarters: i32, inclusive: bool): i32 {
  if (scale == 0 || scale == NAN_BITS) return MAGNITUDE;
  const product = ((scale & 0x7fffff) | 0x800000) * quarters;
  const shift = 8 - clz(product);
  const down = (((scale >> 23) - 2 + shift) << 23) + ((product >> shift) - 0x800000);
  if (!inclusive) return down;
  return product & ((1 << shift) - 1) ? down : down - 1;
}

function encodeRow(x: usize, cols: i32, scale: i32, codes: usize): void {
  const t0 = threshold(scale, 1, false);
  const t1 = threshold(scale, 3, true);
  const t2 = threshold(scale, 5, false);
  const t3 = threshold(scale, 7, true);
  const t4 = threshold(scale, 10, false);
  const t5 = threshold(scale, 14, true);
  const t6 = threshold(scale, 20, false);
  const v0 = i32x4.splat(t0);
  const v1 = i32x4.splat(t1);
  const v2 = i32x4.splat(t2);
  const v3 = i32x4.splat(t3);
  const v4 = i32x4.splat(t4);
  const v5 = i32x4.splat(t5);
  const v6 = i32x4.splat(t6);
  let col = 0;
  for (; col + 16 <= cols; col += 16, x += 64, codes += 8) {
    const first = i16x8.narrow_i32x4_u(
      encodeFour(v128.load(x), v0, v1, v2, v3, v4, v5, v6),
      encodeFour(v128.load(x, 16), v0, v1, v2, v3, v4, v5, v6),
    );
    const second = i16x8.narrow_i32x4_u(
      encodeFour(v128.load(x, 32), v0, v1, v2, v3, v4, v5, v6),
      encodeFour(v128.load(x, 48), v0, v1, v2, v3, v4, v5, v6),
    );
    const bytes = i8x16.narrow_i16x8_u(first, second);
    // Each pair of bytes 0a 0b becomes the byte ba.
    const pairs = v128.and(v128.or(bytes, i16x8.shr_u(bytes, 4)), i16x8.splat(255));
    v128.store64_lane(codes, i8x16.narrow_i16x8_u(pairs, pairs), 0);
  }
  for (; col < cols; col += 8, codes += 4) {
    let word = 0;
    const count = min(8, cols - col);
    for (let i = 0; i < count; i++, x += 4) {
      const bits = load<i32>(x);
      const a = bits & MAGNITUDE;
      const code = i32(a > t0) + i32(a > t1) + i32(a > t2) + i32(a > t3) + i32(a > t4) + i32(a > t5) + i32(a > t6);
      word |= (code | ((bits >>> 28) & 8)) << (i << 2);
    }
    store<i32>(codes, word);
  }
}

/** The codes of four values, one in each 32-bit lane. */
@inline
function encodeFour(x: v128, t0: v128, t1: v128, t2: v128, t3: v128, t4: v128, t5: v128, t6: v128): v128 {
  const a = v128.and(x, i32x4.splat(MAGNITUDE));
  // A comparison that holds is -1.
  const passed = i32x4.add(
    i32x4.add(i32x4.add(i32x4.gt_s(a, t0), i32x4.gt_s(a, t1)), i32x4.add(i32x4.gt_s(a, t2), i32x4.gt_s(a, t3))),
    i32x4.add(i32x4.add(i32x4.gt_s(a, t4), i32x4.gt_s(a, t5)), i32x4.gt_s(a, t6)),
  );
  return i32x4.sub(v128.and(i32x4.shr_u(x, 28), i32x4.splat(8)), passed);
}
