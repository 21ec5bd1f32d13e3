/** A matrix `[rows, 8 * words per row]` of packed E2M1 codes on typed arrays; `scales` has `rows` or 1 values. */
export interface Fp4Array {
  readonly words: Int32Array;
  readonly scales: Float32Array;
  readonly rows: number;
}
