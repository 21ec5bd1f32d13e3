const f32 = Math.fround;

/**
 * dw[n, k] += Σ_m dy[m, n] · ΔX[m, k] in place, in f32 arithmetic, in the order that the wasm and webgpu kernels
 * follow: each sum from 0 with m ascending, product and sum rounded each, and then added to dw; no fused multiply-add.
 * Without slots dw is left alone. The accuracy is judged against `compensateDwReference`; this is the definition of the
 * bits.
 */
export function compensateDwF32(
  dw: Float32Array,
  dy: Float32Array,
  indices: Int32Array,
  values: Float32Array,
  { m, n, k, width }: { m: number; n: number; k: number; width: number },
): void {
  if (m * width === 0) return;
  // [K, N], so that each entry adds one contiguous row.
  const sums = new Float32Array(k * n);
  for (let slot = 0; slot < m * width; slot++) {
    const value = values[slot]!;
    if (value === 0) continue;
    const from = Math.floor(slot / width) * n;
    const to = indices[slot]! * n;
    for (let i = 0; i < n; i++) sums[to + i]! += f32(dy[from + i]! * value);
  }
  for (let row = 0; row < n; row++) {
    for (let col = 0; col < k; col++) dw[row * k + col]! += sums[col * n + row]!;
  }
}
