/** Options of `fp4Quantize`, and the attributes of its kernel. */
export interface Fp4QuantizeOptions {
  /** Which elements share a scale: each row (a token, an output channel), or all. Default `'vector'`. */
  readonly granularity?: 'vector' | 'tensor';
}
