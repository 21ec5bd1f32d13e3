import { doubledValues } from '../doubled-values.ts';
import type { Fp4Array } from '../fp4-array.ts';

/**
 * The definition of `Fp4MatMul`, float32 `[M, N]`:
 *
 *     sum[m, n] = Σ_k (2 x̂[m, k]) (2 ŵ[n, k])        an exact integer, |sum| <= 144 K
 *     y[m, n]   = ((float32(sum) · 0.25) · sx[m]) · sw[n]    each product rounded to float32
 *
 * where x̂, ŵ are the values of the codes. Only the last two products can round, so any order of summation and any exact
 * arithmetic gives the same bits.
 */
export function matMulReference(x: Fp4Array, w: Fp4Array): Float32Array {
  const y = new Float32Array(x.rows * w.rows);
  if (y.length === 0) return y;
  // The padding of the last word of a row is zero, so it may take part.
  const k = (x.words.length / x.rows) * 8;
  const xValues = doubledValues(x, k);
  const wValues = doubledValues(w, k);
  const fround = Math.fround;
  for (let m = 0; m < x.rows; m++) {
    const sx = x.scales[x.scales.length === 1 ? 0 : m]!;
    for (let n = 0; n < w.rows; n++) {
      const sw = w.scales[w.scales.length === 1 ? 0 : n]!;
      let sum = 0;
      for (let i = m * k, j = n * k, end = i + k; i < end; i++, j++)
        sum = (sum + xValues[i]! * wValues[j]!) | 0;
      y[m * w.rows + n] = fround(fround(fround(sum) * 0.25) * sx) * sw;
    }
  }
  return y;
}
