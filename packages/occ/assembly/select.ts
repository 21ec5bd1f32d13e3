// Exact selection of the element at a rank, on signed integer keys above the least integer.
import { LEAST4 } from './vector-constants';

/**
 * The key at `rank` (from 0) in descending order, equal keys counted each. One pass for each rank, so for small ranks.
 *
 * @param keys - i32, a multiple of 4 of them up to `end`; the least integer stands for no key
 * @param largest - the largest key
 */
export function rankedLargest(keys: usize, end: usize, rank: i32, largest: i32): i32 {
  let found = largest;
  for (let passed = 0; passed < rank;) {
    const bound = i32x4.splat(found);
    let reached = i32x4.splat(0);
    let below = LEAST4;
    for (let at = keys; at < end; at += 16) {
      const key = v128.load(at);
      const isReached = i32x4.ge_s(key, bound);
      // A comparison that holds is -1.
      reached = i32x4.sub(reached, isReached);
      below = i32x4.max_s(below, v128.bitselect(LEAST4, key, isReached));
    }
    passed = sum(reached);
    if (passed <= rank) found = largestLane(below);
  }
  return found;
}

/** The `key ^ flip` at `rank` (from 0) in ascending order, found bit by bit: 32 passes whatever the rank. */
export function rankedByBits(keys: usize, size: i32, rank: i32, flip: i32): i32 {
  const flips = i32x4.splat(flip);
  const end = keys + ((<usize>size) << 2);
  let found = i32.MIN_VALUE;
  for (let bit = 31; bit >= 0; bit--) {
    const candidate = found + (1 << bit);
    const candidates = i32x4.splat(candidate);
    let counts = i32x4.splat(0);
    let at = keys;
    for (; at + 16 <= end; at += 16) {
      counts = i32x4.sub(counts, i32x4.lt_s(v128.xor(v128.load(at), flips), candidates));
    }
    let count = sum(counts);
    for (; at < end; at += 4) count += i32((load<i32>(at) ^ flip) < candidate);
    if (count <= rank) found = candidate;
  }
  return found;
}

/** The largest of four integers. */
export function largestLane(lanes: v128): i32 {
  const pairs = i32x4.max_s(lanes, v128.shuffle<i32>(lanes, lanes, 2, 3, 0, 1));
  return max(i32x4.extract_lane(pairs, 0), i32x4.extract_lane(pairs, 1));
}

function sum(lanes: v128): i32 {
  const pairs = i32x4.add(lanes, v128.shuffle<i32>(lanes, lanes, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}
