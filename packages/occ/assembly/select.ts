// Exact selection of the element at a rank, on signed integer keys.

// Up to here a sorted list of the extremes wins: most keys are turned away four at a time.
const MAX_LIST: i32 = 64;

/**
 * The key at `rank` (from 0) in ascending order of `key ^ flip`, where flip is 0 or -1; -1 counts from the top.
 *
 * @param keys - i32 `[size]`, 16-byte aligned
 * @param list - scratch of 4 * (rank + 1) bytes
 */
export function select(keys: usize, size: i32, rank: i32, flip: i32, list: usize): i32 {
  const found =
    rank < MAX_LIST ? selectByList(keys, size, rank, flip, list) : selectByBits(keys, size, rank, flip);
  return found ^ flip;
}

/** Keeps the rank + 1 smallest keys seen so far in an ascending list. */
function selectByList(keys: usize, size: i32, rank: i32, flip: i32, list: usize): i32 {
  const last = list + ((<usize>rank) << 2);
  for (let at = list; at <= last; at += 4) store<i32>(at, i32.MAX_VALUE);
  const flips = i32x4.splat(flip);
  let worst = i32x4.splat(i32.MAX_VALUE);
  const end = keys + ((<usize>size) << 2);
  let at = keys;
  for (; at + 16 <= end; at += 16) {
    const isSmaller = i32x4.lt_s(v128.xor(v128.load(at), flips), worst);
    if (!v128.any_true(isSmaller)) continue;
    for (let mask = i32x4.bitmask(isSmaller); mask != 0; mask &= mask - 1) {
      insert(load<i32>(at + ((<usize>ctz(mask)) << 2)) ^ flip, list, last);
    }
    worst = v128.load32_splat(last);
  }
  for (; at < end; at += 4) insert(load<i32>(at) ^ flip, list, last);
  return load<i32>(last);
}

function insert(key: i32, list: usize, last: usize): void {
  if (key >= load<i32>(last)) return;
  let at = last;
  for (; at > list && load<i32>(at - 4) > key; at -= 4) store<i32>(at, load<i32>(at - 4));
  store<i32>(at, key);
}

/** The largest value that at most `rank` keys are below of, found bit by bit: 32 passes whatever the data. */
function selectByBits(keys: usize, size: i32, rank: i32, flip: i32): i32 {
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
    let count =
      i32x4.extract_lane(counts, 0) +
      i32x4.extract_lane(counts, 1) +
      i32x4.extract_lane(counts, 2) +
      i32x4.extract_lane(counts, 3);
    for (; at < end; at += 4) count += i32((load<i32>(at) ^ flip) < candidate);
    if (count <= rank) found = candidate;
  }
  return found;
}
