/**
 * Threshold i of `encodeThresholds(scale)` in @nibble-ml/fp4-format: the code magnitude of x is the number of these below
 * the bits of |x|. `midpoint` is the i-th E2M1 midpoint; `inclusive` says that it rounds up (odd i).
 */
export function encodeThreshold(scale: f32, midpoint: f64, inclusive: boolean): i32 {
  if (scale == 0) return 0x7fffffff;
  const exact = midpoint * <f64>scale;
  const nearest = <f32>exact;
  const bits = reinterpret<i32>(nearest);
  if (inclusive) return <f64>nearest < exact ? bits : bits - 1;
  return <f64>nearest > exact ? bits - 1 : bits;
}
