// Vector constants as variables that the module sets when it starts: V8 makes a vector constant anew, in several
// instructions, each time it is used, but loads a variable with one.

function splatted(value: i32): v128 {
  return i32x4.splat(value);
}

function lanes(): v128 {
  return i32x4(0, 1, 2, 3);
}

/** 0 1 2 3. */
export const LANES = lanes();
/** The sign of a float32. */
export const SIGN4 = splatted(0x80000000);
/** All bits but the sign of a float32. */
export const MAGNITUDE4 = splatted(0x7fffffff);
/** The exponent bits of a float32, which are those of infinity. */
export const INFINITY4 = splatted(0x7f800000);
/** NaN as all backends write it. */
export const NAN4 = splatted(0x7fc00000);
/** 1, float32. */
export const ONE4 = splatted(0x3f800000);
/** 2^24, float32. */
export const TWO_TO_24 = splatted(0x4b800000);
/** The two factors of lowbias32. */
export const HASH_FACTOR0 = splatted(0x7feb352d);
export const HASH_FACTOR1 = splatted(0x846ca68b);
