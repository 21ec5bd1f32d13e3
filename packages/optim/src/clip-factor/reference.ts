/** min(1, clipNorm / norm) in float32; 0 when `norm` is not finite. */
export function clipFactorOf(norm: number, clipNorm: number): number {
  if (!Number.isFinite(norm)) return 0;
  return norm <= clipNorm ? 1 : Math.fround(clipNorm / norm);
}
