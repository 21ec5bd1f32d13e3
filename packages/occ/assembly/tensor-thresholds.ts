import { orderKey, orderKeys } from './order-key';

/**
 * src/tensor-thresholds/reference.ts, the same thresholds; the arguments are those of ThresholdPlan.
 *
 * @param scratch - 4 * count bytes unless `isWhole`, and twice 4 * (room + 4)
 */
export function tensorThresholds(
  x: usize,
  size: i32,
  count: i32,
  isWhole: i32,
  hash: u32,
  firstLower: i32,
  firstUpper: i32,
  isFinal: i32,
  lower: i32,
  upper: i32,
  room: i32,
  out: usize,
  scratch: usize,
): void {
  let sample = x;
  if (!isWhole) {
    sample = scratch;
    for (let i = 0; i < count; i++) {
      const position = <usize>((<u64>lowbias32(hash + <u32>i) * <u64>size) >> 32);
      store<i32>(sample + ((<usize>i) << 2), load<i32>(x + (position << 2)));
    }
  }
  let lowerKey = rankedFlipped(sample, count, firstLower, 0);
  let upperKey = rankedFlipped(sample, count, firstUpper, 0);
  if (!isFinal) {
    const lows = scratch + ((<usize>count) << 2);
    const highs = lows + ((<usize>room + 4) << 2);
    const counts = gatherOutside(x, size, lowerKey, upperKey, room, lows, highs);
    const foundLow = <i32>counts;
    const foundHigh = <i32>(counts >>> 32);
    lowerKey = ~thresholdOf(x, size, -1, ~lowerKey, lower, foundLow, room, lows);
    upperKey = thresholdOf(x, size, 0, upperKey, size - 1 - upper, foundHigh, room, highs);
  }
  store<i32>(out, orderKey(lowerKey));
  store<i32>(out, orderKey(upperKey), 4);
}

/** counterBits(0, x) of @nibble-ml/fp4-format. */
function lowbias32(input: u32): u32 {
  let x = input;
  x = (x ^ (x >>> 16)) * 0x7feb352d;
  x = (x ^ (x >>> 15)) * 0x846ca68b;
  return x ^ (x >>> 16);
}

/**
 * Lists the bits of elements below the bound `low` and of those above `high`, up to `room` of each, and returns how many there
 * are: below in the lower half, above in the upper.
 */
function gatherOutside(x: usize, size: i32, low: i32, high: i32, room: i32, lows: usize, highs: usize): u64 {
  const lowBounds = i32x4.splat(low);
  const highBounds = i32x4.splat(high);
  let below = 0;
  let above = 0;
  const end = x + ((<usize>size) << 2);
  for (; x + 16 <= end; x += 16) {
    const key = orderKeys(v128.load(x));
    const isAbove = i32x4.gt_s(key, highBounds);
    const isBelow = i32x4.lt_s(key, lowBounds);
    if (!v128.any_true(v128.or(isAbove, isBelow))) continue;
    for (let mask = i32x4.bitmask(isAbove); mask != 0; mask &= mask - 1, above++) {
      if (above < room) store<i32>(highs + ((<usize>above) << 2), load<i32>(x + (ctz(mask) << 2)));
    }
    for (let mask = i32x4.bitmask(isBelow); mask != 0; mask &= mask - 1, below++) {
      if (below < room) store<i32>(lows + ((<usize>below) << 2), load<i32>(x + (ctz(mask) << 2)));
    }
  }
  for (; x < end; x += 4) {
    const key = orderKey(load<i32>(x));
    if (key > high) {
      if (above < room) store<i32>(highs + ((<usize>above) << 2), load<i32>(x));
      above++;
    }
    if (key < low) {
      if (below < room) store<i32>(lows + ((<usize>below) << 2), load<i32>(x));
      below++;
    }
  }
  return (<u64>above << 32) | <u64>below;
}

/**
 * The `key ^ flip` at descending rank `rank`: among those listed, or the bound itself, or, where the bound was wrong or the
 * list too short, among all.
 */
function thresholdOf(
  x: usize,
  size: i32,
  flip: i32,
  bound: i32,
  rank: i32,
  found: i32,
  room: i32,
  list: usize,
): i32 {
  if (found > rank && found <= room) return rankedFlipped(list, found, found - 1 - rank, flip);
  if (found <= rank && found + countEqual(x, size, bound ^ flip) > rank) return bound;
  return rankedFlipped(x, size, size - 1 - rank, flip);
}

function countEqual(x: usize, size: i32, key: i32): i32 {
  const bits = orderKey(key);
  let count = 0;
  for (const end = x + ((<usize>size) << 2); x < end; x += 4) count += i32(load<i32>(x) == bits);
  return count;
}

/** The `key ^ flip` at `rank` in ascending order, found bit by bit: 32 passes whatever the rank. */
function rankedFlipped(x: usize, size: i32, rank: i32, flip: i32): i32 {
  const flips = i32x4.splat(flip);
  const end = x + ((<usize>size) << 2);
  let found = i32.MIN_VALUE;
  for (let bit = 31; bit >= 0; bit--) {
    const candidate = found + (1 << bit);
    const candidates = i32x4.splat(candidate);
    let counts = i32x4.splat(0);
    let at = x;
    for (; at + 16 <= end; at += 16) {
      counts = i32x4.sub(counts, i32x4.lt_s(v128.xor(orderKeys(v128.load(at)), flips), candidates));
    }
    const pairs = i32x4.add(counts, v128.shuffle<i32>(counts, counts, 2, 3, 0, 1));
    let count = i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
    for (; at < end; at += 4) count += i32((orderKey(load<i32>(at)) ^ flip) < candidate);
    if (count <= rank) found = candidate;
  }
  return found;
}
