import { doubledValues } from '../doubled-values.ts';

/** An operand on typed arrays: the scale of block b of row r is `scales[r * rowScales + b * step]`. */
export interface BlockScaledArray {
  /** int32 `[rows, words per row]`. */
  readonly words: Int32Array;
  readonly rows: number;
  readonly scales: Float32Array;
  /** Scales of a row; 0 if all rows share one. */
  readonly rowScales: number;
  /** 1 with a scale per block, 0 with one for the row. */
  readonly step: 0 | 1;
}

const f32 = Math.fround;

/**
 * The definition of `Fp4BlockMatMul`, float32 `[M, N]`, for blocks of `block` columns:
 *
 *     sum[b] = Σ_k (2 x̂[m, k]) (2 ŵ[n, k])     over block b: an exact integer
 *     term[b] = ((float32(sum[b]) · 0.25) · sx[m, b]) · sw[n, b]     each product rounded to float32
 *     y[m, n] = ((0 + term[0]) + term[1]) + ...     each sum rounded to float32
 *
 * where x̂, ŵ are the values of the codes.
 */
export function blockMatMulReference(x: BlockScaledArray, w: BlockScaledArray, block: number): Float32Array {
  const y = new Float32Array(x.rows * w.rows);
  if (y.length === 0) return y;
  // The padding of the last word of a row is zero, so it may take part.
  const k = (x.words.length / x.rows) * 8;
  const xValues = doubledValues(x, k);
  const wValues = doubledValues(w, k);
  for (let m = 0; m < x.rows; m++) {
    for (let n = 0; n < w.rows; n++) {
      let y0 = 0;
      for (let first = 0, b = 0; first < k; first += block, b++) {
        let sum = 0;
        const end = Math.min(first + block, k);
        for (let i = first; i < end; i++) sum += xValues[m * k + i]! * wValues[n * k + i]!;
        const sx = x.scales[m * x.rowScales + b * x.step]!;
        const sw = w.scales[n * w.rowScales + b * w.step]!;
        y0 = f32(y0 + f32(f32(f32(sum * 0.25) * sx) * sw));
      }
      y[m * w.rows + n] = y0;
    }
  }
  return y;
}
