import { HASH_FACTOR0, HASH_FACTOR1 } from './vector-constants';

/** The hash of `counterBits` in `@nibble-ml/fp4-format`. */
@inline
export function lowbias32(input: v128): v128 {
  let x = i32x4.mul(v128.xor(input, i32x4.shr_u(input, 16)), HASH_FACTOR0);
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), HASH_FACTOR1);
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** The upper 24 random bits of four counters, as float32. */
@inline
export function random24(counters: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.shr_u(lowbias32(counters), 8));
}
