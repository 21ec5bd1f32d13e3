// The element format that is rounded to, and how: variables that every entry point sets before it works, so that loops
// need not hand a dozen arguments down.

/** Stored mantissa bits m; for integers the bits below the sign. */
export let mantissaBits: i32 = 0;
/** Least exponent e, as bits of a float32: values count in steps of 2^(e - m) below it; for integers in steps of 1. */
export let leastExponent: i32 = 0;
/** floor(log2) of the maximum. */
export let maxExponent: i32 = 0;
/** What the largest magnitude of a block is scaled to. */
export let target: f32 = 0;
/** The greatest and the least value, in all lanes. */
export let greatest4: v128 = i32x4.splat(0);
export let least4: v128 = i32x4.splat(0);
/** {@link leastExponent} in all lanes. */
export let leastExponent4: v128 = i32x4.splat(0);
/** What makes of the bits of 2^e those of 2^(e - m + 23): adding and taking it away rounds to steps. */
export let roundingShift4: v128 = i32x4.splat(0);
/** Added to results: -0 changes nothing, 0 turns the -0 that two's complement does not have into 0. */
export let zero4: v128 = i32x4.splat(0);
/** Whether a tie must go to the even code by hand: without mantissa the even multiple of a step need not be it. */
export let checksAllTies: bool = false;

/** Sets the format. */
export function setFormat(
  mantissa: i32,
  leastExponentValue: i32,
  maxExponentValue: i32,
  scaleTarget: f32,
  greatest: f32,
  least: f32,
  isInteger: bool,
): void {
  mantissaBits = mantissa;
  leastExponent = (leastExponentValue + 127) << 23;
  maxExponent = maxExponentValue;
  target = scaleTarget;
  greatest4 = f32x4.splat(greatest);
  least4 = f32x4.splat(least);
  leastExponent4 = i32x4.splat(leastExponent);
  roundingShift4 = i32x4.splat((23 - mantissa) << 23);
  zero4 = i32x4.splat(isInteger ? 0 : 0x80000000);
  checksAllTies = mantissa == 0;
}
