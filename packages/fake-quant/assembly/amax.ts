import { MAGNITUDE4 } from './vector-constants';
import { loadUpToFour } from './vectors';

/** The largest magnitude of `count` values as bits, which order like integers; NaN is above infinity. */
export function amaxBits(x: usize, count: i32): i32 {
  let largest0 = i32x4.splat(0);
  let largest1 = i32x4.splat(0);
  for (; count >= 8; count -= 8, x += 32) {
    largest0 = i32x4.max_s(largest0, v128.and(v128.load(x), MAGNITUDE4));
    largest1 = i32x4.max_s(largest1, v128.and(v128.load(x, 16), MAGNITUDE4));
  }
  for (; count >= 4; count -= 4, x += 16) {
    largest0 = i32x4.max_s(largest0, v128.and(v128.load(x), MAGNITUDE4));
  }
  if (count > 0) largest1 = i32x4.max_s(largest1, v128.and(loadUpToFour(x, count), MAGNITUDE4));
  largest0 = i32x4.max_s(largest0, largest1);
  largest0 = i32x4.max_s(largest0, v128.shuffle<i32>(largest0, largest0, 2, 3, 0, 1));
  largest0 = i32x4.max_s(largest0, v128.shuffle<i32>(largest0, largest0, 1, 0, 3, 2));
  return i32x4.extract_lane(largest0, 0);
}

/** Raises one maximum for each column to those of a row. Reads and writes maxima up to a multiple of four. */
export function raiseAmaxBits(x: usize, count: i32, amaxes: usize): void {
  for (; count >= 4; count -= 4, x += 16, amaxes += 16) {
    v128.store(amaxes, i32x4.max_s(v128.load(amaxes), v128.and(v128.load(x), MAGNITUDE4)));
  }
  if (count > 0) {
    const magnitudes = v128.and(loadUpToFour(x, count), MAGNITUDE4);
    v128.store(amaxes, i32x4.max_s(v128.load(amaxes), magnitudes));
  }
}
