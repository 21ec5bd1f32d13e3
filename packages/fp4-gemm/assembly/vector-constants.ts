// Vector constants as variables that the module sets when it starts: V8 makes a vector constant anew, in several
// instructions, each time it is used, but loads a variable with one.

function splatted(value: i32): v128 {
  return i32x4.splat(value);
}

function lanes(): v128 {
  return i32x4(0, 1, 2, 3);
}

/** All bits but the sign of a float32. */
export const MAGNITUDE4 = splatted(0x7fffffff);
/** The exponent bits of a float32, which are those of infinity. */
export const INFINITY4 = splatted(0x7f800000);
/** 2^23, float32. */
export const TWO_TO_23 = splatted(0x4b000000);
/** 2^24, float32. */
export const TWO_TO_24 = splatted(0x4b800000);
/** The two factors of lowbias32. */
export const HASH_FACTOR0 = splatted(0x7feb352d);
export const HASH_FACTOR1 = splatted(0x846ca68b);
/** 0 1 2 3. */
export const LANES = lanes();
/** float32. */
export const ONE4 = splatted(0x3f800000);
export const TWO4 = splatted(0x40000000);
export const FOUR4 = splatted(0x40800000);
export const EIGHT4 = splatted(0x41000000);
export const SIX4 = splatted(0x40c00000);
export const HALF4 = splatted(0x3f000000);
export const QUARTER4 = splatted(0x3e800000);
/** -127 in every byte, and in every 16-bit lane. */
export const INT8_MIN16 = splatted(0x81818181);
export const INT8_MIN8 = splatted(0xff81ff81);
/** 127 in every 16-bit lane. */
export const INT8_MAX8 = splatted(0x007f007f);
/** 128 in the three lower bytes: makes digits unsigned, and signed again by xor. */
export const DIGIT_SIGNS4 = splatted(0x00808080);
/** 12 in every byte. */
export const BIAS16 = splatted(0x0c0c0c0c);
/** 15 in every byte. */
export const NIBBLES16 = splatted(0x0f0f0f0f);
/** 4095, 255 and 65535. */
export const TWELVE_BITS4 = splatted(4095);
export const EIGHT_BITS4 = splatted(255);
export const SIXTEEN_BITS4 = splatted(65535);
/** 65536, float32. */
export const TWO_TO_16 = splatted(0x47800000);
/** The bits of a float32 that E5M2 lacks, half of the last one that it has less one, and that one. */
export const E5M2_DROPPED4 = splatted(0x1fffff);
export const E5M2_HALF4 = splatted(0x0fffff);
export const ONES4 = splatted(1);
/** What `fp4-quantize-stochastic.ts` counts codes from: the bits of 2^23, and twice the exponent of 1. */
export const CODE_BASE4 = splatted(0x4b000000 + 254);
/** The sign bit of each byte. */
export const SIGNS16 = splatted(0x80808080);
/** The lower byte of each 16-bit lane. */
export const LOWER_BYTES8 = splatted(0x00ff00ff);
