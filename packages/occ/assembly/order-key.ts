/** Mirrors src/order-key.ts on four bit patterns; its own inverse. */
export function orderKeys(bits: v128): v128 {
  return v128.xor(bits, i32x4.shr_u(i32x4.shr_s(bits, 31), 1));
}

/** Mirrors src/order-key.ts; its own inverse. */
export function orderKey(bits: i32): i32 {
  return bits ^ ((bits >> 31) >>> 1);
}
