/** Options of `fp4Quantize`. */
export interface Fp4QuantizeOptions {
  /** Which elements share a scale: each row (a token, an output channel), or all. Default `'vector'`. */
  readonly granularity?: 'vector' | 'tensor';
}

/** Attributes of the kernel. */
export interface Fp4QuantizeAttrs extends Required<Fp4QuantizeOptions> {
  /** Columns of x: the gradient has its shape. */
  readonly cols: number;
}
