/** The gradient products on integers; both wasm modules export them, and give the same bits. */
export interface GradientModule {
  /** Bytes of scratch that `gradientMatMul` needs. */
  gradientMatMulScratch(rows: number, steps: number, cols: number, format: number): number;
  /**
   * Out[rows, cols] = G · Q. `isTransposed` (0 or 1) says that dY is stored `[steps, rows]`; `start` is the hash of the
   * seed.
   */
  gradientMatMul(
    dy: number,
    isTransposed: number,
    codes: number,
    scales: number,
    scaleStride: number,
    rows: number,
    steps: number,
    cols: number,
    format: number,
    start: number,
    out: number,
    scratch: number,
  ): void;
}
