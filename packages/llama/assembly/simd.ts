// Helpers over f32 vectors. Pointers are byte offsets.

/** `count` values (0 to 4) at `pointer`, the other lanes zero. */
// @ts-ignore: decorator
@inline
export function loadSome(pointer: usize, count: i32): v128 {
  if (count >= 4) return v128.load(pointer);
  let values = f32x4.splat(0);
  if (count > 0) values = f32x4.replace_lane(values, 0, load<f32>(pointer));
  if (count > 1) values = f32x4.replace_lane(values, 1, load<f32>(pointer, 4));
  if (count > 2) values = f32x4.replace_lane(values, 2, load<f32>(pointer, 8));
  return values;
}

/** Stores the first `count` lanes (0 to 4). */
// @ts-ignore: decorator
@inline
export function storeSome(pointer: usize, values: v128, count: i32): void {
  if (count >= 4) {
    v128.store(pointer, values);
    return;
  }
  if (count > 0) store<f32>(pointer, f32x4.extract_lane(values, 0));
  if (count > 1) store<f32>(pointer, f32x4.extract_lane(values, 1), 4);
  if (count > 2) store<f32>(pointer, f32x4.extract_lane(values, 2), 8);
}

/** (s0 + s1) + (s2 + s3): the order every backend follows. */
// @ts-ignore: decorator
@inline
export function sumLanes(s: v128): f32 {
  return (
    f32x4.extract_lane(s, 0) +
    f32x4.extract_lane(s, 1) +
    (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3))
  );
}

// @ts-ignore: decorator
@inline
export function maxLanes(s: v128): f32 {
  return max(
    max(f32x4.extract_lane(s, 0), f32x4.extract_lane(s, 1)),
    max(f32x4.extract_lane(s, 2), f32x4.extract_lane(s, 3)),
  );
}
