import { orderKey, orderKeys } from './order-key';
import { select } from './select';
import { encodeThreshold } from './thresholds';

const INFINITY_BITS: i32 = 0x7f800000;
const MIN_AMAX_BITS: i32 = 0x0d800000; // 2^-100
const NAN_BITS: i32 = 0x7fc00000;

/**
 * Mirrors src/occ-quantize/reference.ts.
 *
 * @param scratch - 4 * (cols rounded up to 8, + max(lower + 1, cols - upper)) bytes, 16-byte aligned
 */
export function occQuantize(
  x: usize,
  codes: usize,
  scales: usize,
  indices: usize,
  values: usize,
  rows: i32,
  cols: i32,
  lower: i32,
  upper: i32,
  scratch: usize,
): void {
  const wordsPerRow = (cols + 7) >> 3;
  const width = lower + cols - 1 - upper;
  const list = scratch + ((<usize>wordsPerRow) << 5);
  for (let row = 0; row < rows; row++) {
    let lowerKey = i32.MIN_VALUE;
    let upperKey = i32.MAX_VALUE;
    let scaleBits = NAN_BITS;
    let scale: f32 = 0;
    if (writeKeys(x, cols, scratch)) {
      lowerKey = select(scratch, cols, lower, 0, list);
      upperKey = select(scratch, cols, cols - 1 - upper, -1, list);
      const amaxBits = max(orderKey(lowerKey) & 0x7fffffff, orderKey(upperKey) & 0x7fffffff);
      if (amaxBits >= MIN_AMAX_BITS) scale = reinterpret<f32>(amaxBits) / 6;
      scaleBits = reinterpret<i32>(scale);
    }
    store<i32>(scales, scaleBits);
    const isWhole = (cols & 7) == 0;
    if (!isWhole) padKeys(scratch, cols, lowerKey);
    const used = encodeRow(scratch, codes, wordsPerRow, lowerKey, upperKey, scale, indices, values);
    if (!isWhole) {
      const lastWord = codes + ((<usize>(wordsPerRow - 1)) << 2);
      store<u32>(lastWord, load<u32>(lastWord) & (((<u32>1) << ((cols & 7) << 2)) - 1));
    }
    const usedBytes = (<usize>used) << 2;
    const slotBytes = (<usize>width) << 2;
    memory.fill(indices + usedBytes, 0, slotBytes - usedBytes);
    memory.fill(values + usedBytes, 0, slotBytes - usedBytes);
    x += (<usize>cols) << 2;
    codes += (<usize>wordsPerRow) << 2;
    scales += 4;
    indices += slotBytes;
    values += slotBytes;
  }
}

/** Writes the order keys of a row and says whether all its elements are finite. */
function writeKeys(x: usize, cols: i32, keys: usize): boolean {
  const magnitude = i32x4.splat(0x7fffffff);
  const end = x + ((<usize>cols) << 2);
  let largest = i32x4.splat(0);
  for (; x + 16 <= end; x += 16, keys += 16) {
    const bits = v128.load(x);
    largest = i32x4.max_s(largest, v128.and(bits, magnitude));
    v128.store(keys, orderKeys(bits));
  }
  for (; x < end; x += 4, keys += 4) {
    const bits = load<i32>(x);
    largest = i32x4.max_s(largest, i32x4.splat(bits & 0x7fffffff));
    store<i32>(keys, orderKey(bits));
  }
  return !v128.any_true(i32x4.ge_s(largest, i32x4.splat(INFINITY_BITS)));
}

/** Fills the last group of 8 with a key that lies within the thresholds. */
function padKeys(keys: usize, cols: i32, key: i32): void {
  for (let col = cols; (col & 7) != 0; col++) store<i32>(keys + ((<usize>col) << 2), key);
}

/** Clamps, encodes and packs a row of keys, appends what was cut off to the slots, and returns how many it used. */
function encodeRow(
  keys: usize,
  codes: usize,
  words: i32,
  lowerKey: i32,
  upperKey: i32,
  scale: f32,
  indices: usize,
  values: usize,
): i32 {
  const lowerKeys = i32x4.splat(lowerKey);
  const upperKeys = i32x4.splat(upperKey);
  const t0 = i32x4.splat(encodeThreshold(scale, 0.25, false));
  const t1 = i32x4.splat(encodeThreshold(scale, 0.75, true));
  const t2 = i32x4.splat(encodeThreshold(scale, 1.25, false));
  const t3 = i32x4.splat(encodeThreshold(scale, 1.75, true));
  const t4 = i32x4.splat(encodeThreshold(scale, 2.5, false));
  const t5 = i32x4.splat(encodeThreshold(scale, 3.5, true));
  const t6 = i32x4.splat(encodeThreshold(scale, 5, false));
  let used = 0;
  for (let word = 0; word < words; word++) {
    let packed = i32x4.splat(0);
    for (let half = 0; half < 2; half++) {
      const key = v128.load(keys);
      const clamped = i32x4.min_s(i32x4.max_s(key, lowerKeys), upperKeys);
      const isOutlier = i32x4.ne(key, clamped);
      if (v128.any_true(isOutlier)) {
        for (let mask = i32x4.bitmask(isOutlier); mask != 0; mask &= mask - 1) {
          const lane = ctz(mask);
          const outlier = load<i32>(keys + ((<usize>lane) << 2));
          const threshold = outlier < lowerKey ? lowerKey : upperKey;
          const value = flush(orderKey(outlier)) - flush(orderKey(threshold));
          if (value == 0) continue;
          store<i32>(indices + ((<usize>used) << 2), (word << 3) + (half << 2) + lane);
          store<f32>(values + ((<usize>used) << 2), value);
          used++;
        }
      }
      const bits = orderKeys(clamped);
      const magnitude = v128.and(bits, i32x4.splat(0x7fffffff));
      // A comparison that holds is -1.
      const count = i32x4.add(
        i32x4.add(
          i32x4.add(i32x4.gt_s(magnitude, t0), i32x4.gt_s(magnitude, t1)),
          i32x4.add(i32x4.gt_s(magnitude, t2), i32x4.gt_s(magnitude, t3)),
        ),
        i32x4.add(i32x4.add(i32x4.gt_s(magnitude, t4), i32x4.gt_s(magnitude, t5)), i32x4.gt_s(magnitude, t6)),
      );
      const sign = v128.and(i32x4.shr_u(bits, 28), i32x4.splat(8));
      const code = i32x4.sub(sign, count);
      const place = half == 0 ? i32x4(1, 16, 256, 4096) : i32x4(65536, 1048576, 16777216, 268435456);
      packed = v128.or(packed, i32x4.mul(code, place));
      keys += 16;
    }
    packed = v128.or(packed, v128.shuffle<i32>(packed, packed, 2, 3, 0, 1));
    packed = v128.or(packed, v128.shuffle<i32>(packed, packed, 1, 0, 3, 2));
    store<i32>(codes, i32x4.extract_lane(packed, 0));
    codes += 4;
  }
  return used;
}

/** The value of a bit pattern, 0 below 2^-100: the difference of two such values is never subnormal. */
function flush(bits: i32): f32 {
  return (bits & 0x7fffffff) < MIN_AMAX_BITS ? 0 : reinterpret<f32>(bits);
}
