// Decoding of E2M1 codes by `swizzle` through tables that are immediates of the code: a data segment would be written
// over tfjs's heap.

/** Twice the value of each code, so that it is an integer. */
// prettier-ignore
@inline
export function doubledTable(): v128 {
  return i8x16(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);
}

/** Twice the value of each code plus 12: never negative. */
// prettier-ignore
@inline
export function biasedTable(): v128 {
  return i8x16(12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0);
}

/** The eight values of a word times a scale, float32, written to `out`. */
@inline
export function decodeWord(word: usize, scale: v128, out: usize): void {
  const bytes = v128.load_zero<u32>(word);
  const low = v128.and(bytes, i8x16.splat(15));
  const high = i8x16.shr_u(bytes, 4);
  const codes = v128.shuffle<i8>(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  // Every E2M1 value is a bfloat16: these are the two bytes of each.
  const upper = i8x16.swizzle(i8x16(0, 0x3f, 0x3f, 0x3f, 0x40, 0x40, 0x40, 0x40, -128, -65, -65, -65, -64, -64, -64, -64), codes);
  const lower = i8x16.swizzle(i8x16(0, 0, -128, -64, 0, 0x40, -128, -64, 0, 0, -128, -64, 0, 0x40, -128, -64), codes);
  const bf16 = v128.shuffle<i8>(lower, upper, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const zero = i32x4.splat(0);
  const first = v128.shuffle<i16>(zero, bf16, 0, 8, 0, 9, 0, 10, 0, 11);
  const second = v128.shuffle<i16>(zero, bf16, 0, 12, 0, 13, 0, 14, 0, 15);
  v128.store(out, f32x4.mul(first, scale));
  v128.store(out, f32x4.mul(second, scale), 16);
}
