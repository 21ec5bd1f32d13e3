/** Zero-filled vector of the first `count` (at most four) values at `x`. */
export function loadUpToFour(x: usize, count: i32): v128 {
  let values = i32x4.splat(0);
  if (count > 0) values = v128.load32_zero(x);
  if (count > 1) values = v128.load32_lane(x, values, 1, 4);
  if (count > 2) values = v128.load32_lane(x, values, 2, 8);
  if (count > 3) values = v128.load32_lane(x, values, 3, 12);
  return values;
}

/** Stores the first `count` (at most four) values at `y`. */
export function storeUpToFour(y: usize, values: v128, count: i32): void {
  if (count > 0) v128.store32_lane(y, values, 0);
  if (count > 1) v128.store32_lane(y, values, 1, 4);
  if (count > 2) v128.store32_lane(y, values, 2, 8);
  if (count > 3) v128.store32_lane(y, values, 3, 12);
}

/** Stores `value` `count` times. */
export function fill(y: usize, value: i32, count: i32): void {
  const values = i32x4.splat(value);
  for (; count >= 4; count -= 4, y += 16) v128.store(y, values);
  storeUpToFour(y, values, count);
}
