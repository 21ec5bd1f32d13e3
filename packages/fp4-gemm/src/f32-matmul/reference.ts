/** Sizes and layouts of a product `C[m, n] = Σ_k A[m, k] B[k, n]`. */
export interface MatMulShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** A is stored `[k, m]` instead of `[m, k]`. */
  readonly transposeA: boolean;
  /** B is stored `[n, k]` instead of `[k, n]`. */
  readonly transposeB: boolean;
}

/** The definition of `F32MatMul`: sums in float64 in the order of k, then one rounding to float32. */
export function f32MatMulReference(a: Float32Array, b: Float32Array, shape: MatMulShape): Float32Array {
  const { m, n, k, transposeA, transposeB } = shape;
  const c = new Float32Array(m * n);
  const [aRow, aStep] = transposeA ? [1, m] : [k, 1];
  const [bColumn, bStep] = transposeB ? [k, 1] : [1, n];
  const sums = new Float64Array(n);
  for (let row = 0; row < m; row++) {
    sums.fill(0);
    for (let i = 0; i < k; i++) {
      const value = a[row * aRow + i * aStep]!;
      for (let column = 0, at = i * bStep; column < n; column++, at += bColumn)
        sums[column]! += value * b[at]!;
    }
    c.set(sums, row * n);
  }
  return c;
}
