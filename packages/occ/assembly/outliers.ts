import { orderKey } from './order-key';
import { MIN_AMAX_BITS } from './limits';

/**
 * Marks the keys above `high` or below `low`, a bit each, in columns' order; `keys` is filled up to a multiple of 16 with
 * keys between, and the marks with zeros to one of 64.
 */
export function markOutliers(keys: usize, cols: i32, low: i32, high: i32, marks: usize): void {
  const end = keys + ((<usize>cols) << 2);
  for (let at = end; (at - keys) & 63; at += 4) store<i32>(at, high);
  store<i64>(marks + ((<usize>(cols - 1) >> 6) << 3), 0);
  const lows = i32x4.splat(low);
  const highs = i32x4.splat(high);
  for (; keys < end; keys += 64, marks += 2) {
    const bytes = i8x16.narrow_i16x8_s(
      i16x8.narrow_i32x4_s(isOutside(v128.load(keys), lows, highs), isOutside(v128.load(keys, 16), lows, highs)),
      i16x8.narrow_i32x4_s(
        isOutside(v128.load(keys, 32), lows, highs),
        isOutside(v128.load(keys, 48), lows, highs),
      ),
    );
    store<i16>(marks, <i16>i8x16.bitmask(bytes));
  }
}

@inline
function isOutside(key: v128, lows: v128, highs: v128): v128 {
  return v128.or(i32x4.gt_s(key, highs), i32x4.lt_s(key, lows));
}

/** Writes the marked columns, ascending, and returns how many they are. */
export function listMarked(marks: usize, cols: i32, list: usize): i32 {
  const first = list;
  for (let base = 0; base < cols; base += 64, marks += 8) {
    for (let mask = load<i64>(marks); mask != 0; mask &= mask - 1, list += 4) {
      store<i32>(list, base + <i32>ctz(mask));
    }
  }
  return <i32>((list - first) >> 2);
}

/**
 * Of the listed columns, clamps the codes of those outside the thresholds and appends what was cut off to the slots.
 *
 * @param pair - the codes of the lower threshold, in the lowest four bits, and of the upper
 * @returns the slots used
 */
export function clampListed(
  list: usize,
  count: i32,
  keys: usize,
  lowerKey: i32,
  upperKey: i32,
  pair: i32,
  codes: usize,
  indices: usize,
  values: usize,
): i32 {
  const lower = flush(orderKey(lowerKey));
  const upper = flush(orderKey(upperKey));
  let used: usize = 0;
  for (const end = list + ((<usize>count) << 2); list < end; list += 4) {
    const col = load<i32>(list);
    const key = load<i32>(keys + ((<usize>col) << 2));
    const isAbove = key > upperKey;
    if (!isAbove && key >= lowerKey) continue;
    const at = codes + (<usize>(col >> 1));
    const shift = (col & 1) << 2;
    const code = (isAbove ? pair >> 4 : pair) & 15;
    const kept = <i32>load<u8>(at) & (0xf0 >> shift);
    store<u8>(at, kept | (code << shift));
    const value = flush(orderKey(key)) - (isAbove ? upper : lower);
    // A slot for 0 is written over.
    store<i32>(indices + (used << 2), col);
    store<f32>(values + (used << 2), value);
    used += <usize>(value != 0);
  }
  return <i32>used;
}

/** The value of a bit pattern, 0 below 2^-100: the difference of two such values is never subnormal. */
function flush(bits: i32): f32 {
  return (bits & 0x7fffffff) < MIN_AMAX_BITS ? 0 : reinterpret<f32>(bits);
}
