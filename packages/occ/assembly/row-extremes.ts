import { orderKey, orderKeys } from './order-key';
import { largestLane, rankedByBits, rankedLargest } from './select';
import { LEAST4 } from './vector-constants';

// From here on selection bit by bit wins.
const MANY: i32 = 64;

/**
 * Writes the order keys of a row, and the extremes of its tiles: of each `tile` vectors of four columns the largest keys
 * to `highs`, and the smallest, inverted so that they are the largest, to `lows`. Absent columns are the least integer.
 *
 * @returns the bytes written to `highs`, and to `lows`
 */
export function writeKeys(x: usize, cols: i32, keys: usize, highs: usize, lows: usize, tile: i32): usize {
  const first = highs;
  for (let vectors = cols >> 2; vectors > 0; vectors -= tile, highs += 16, lows += 16) {
    let high = orderKeys(v128.load(x));
    let low = high;
    for (const end = keys + ((<usize>min(tile, vectors)) << 4); keys < end; keys += 16, x += 16) {
      const key = orderKeys(v128.load(x));
      v128.store(keys, key);
      high = i32x4.max_s(high, key);
      low = i32x4.min_s(low, key);
    }
    v128.store(highs, high);
    v128.store(lows, v128.not(low));
  }
  if ((cols & 3) != 0) {
    v128.store(highs, LEAST4);
    v128.store(lows, LEAST4);
    for (let col: usize = 0, left = <usize>(cols & 3); col < left; col++) {
      const key = orderKey(load<i32>(x + (col << 2)));
      store<i32>(keys + (col << 2), key);
      store<i32>(highs + (col << 2), key);
      store<i32>(lows + (col << 2), ~key);
    }
    highs += 16;
  }
  return highs - first;
}

/** How many vectors make a tile, so that there are more tiles than the rank, and few. */
export function tileOf(cols: i32, rank: i32): i32 {
  return rank < MANY ? max(1, (cols >> 2) / max(8, rank + 1)) : max(1, cols >> 5);
}

/** The largest of keys; `bytes` is a positive multiple of 16. */
export function largestOf(keys: usize, bytes: usize): i32 {
  let largest = v128.load(keys);
  for (const end = keys + bytes; keys < end; keys += 16) largest = i32x4.max_s(largest, v128.load(keys));
  return largestLane(largest);
}

/**
 * A key that at most a few more than `rank` keys exceed, and that at least `rank + 1` reach: the one at that rank among
 * the extremes of the tiles. Of `keys ^ flip`.
 */
export function boundOf(
  keys: usize,
  cols: i32,
  rank: i32,
  flip: i32,
  extremes: usize,
  bytes: usize,
  largest: i32,
): i32 {
  if (rank >= MANY) return rankedByBits(keys, cols, cols - 1 - rank, flip);
  return rankedLargest(extremes, extremes + bytes, rank, largest);
}
