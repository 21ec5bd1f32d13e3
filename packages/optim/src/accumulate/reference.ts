/** sum ← x when `replace`, else sum ← sum + x, in float32. */
export function accumulateReference(sum: Float32Array, x: Float32Array, replace: boolean): void {
  if (replace) sum.set(x);
  else for (let i = 0; i < sum.length; i++) sum[i]! += x[i]!;
}

/** x ← factor · x, in float32. */
export function scaleInPlaceReference(x: Float32Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i]! *= factor;
}
