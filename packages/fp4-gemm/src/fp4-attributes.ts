/** Attributes of kernels that read an `Fp4Tensor`. */
export interface Fp4ColsAttribute {
  /** Columns of the FP4 matrix: its last word of a row may be partly filled. */
  readonly cols: number;
}
