/** Options of `f32MatMul`, and the attributes of its kernel. */
export interface F32MatMulOptions {
  /** a is `[K, M]` instead of `[M, K]`. */
  readonly transposeA?: boolean;
  /** b is `[N, K]` instead of `[K, N]`. */
  readonly transposeB?: boolean;
}
