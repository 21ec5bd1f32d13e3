// Vector constants as variables that the module sets when it starts: V8 makes a vector constant anew, in several
// instructions, each time it is used, but loads a variable with one. That is a tenth to a third of the time here.

function splatted(value: i32): v128 {
  return i32x4.splat(value);
}

/** All bits but the sign of a float32. */
export const MAGNITUDE4 = splatted(0x7fffffff);
/** The exponent bits of a float32, which are those of infinity. */
export const INFINITY4 = splatted(0x7f800000);
export const ONE4 = splatted(0x3f800000);
export const SIX4 = splatted(0x40c00000);
/** 2^23 and 2^24, float32. */
export const TWO_TO_23 = splatted(0x4b000000);
export const TWO_TO_24 = splatted(0x4b800000);
/** What `minusCode` of stochastic rounding counts from: the bits of 2^23, and twice the exponent of 1. */
export const CODE_BASE4 = splatted(0x4b000000 + 254);
/** The two factors of lowbias32. */
export const HASH_FACTOR0 = splatted(0x7feb352d);
export const HASH_FACTOR1 = splatted(0x846ca68b);
/** The sign bit of each byte. */
export const SIGNS16 = splatted(0x80808080);
/** The lower byte of each 16-bit lane. */
export const LOWER_BYTES8 = splatted(0x00ff00ff);
