/** 2^-100: below it magnitudes count as zero, so that no subnormal takes part. */
export const MIN_AMAX_BITS: i32 = (127 - 100) << 23;
/** Bits from here on are infinity or NaN. */
export const INFINITY_BITS: i32 = 0x7f800000;
export const NAN_BITS: i32 = 0x7fc00000;
