import type { Floats } from '../kernel/floats.ts';

/**
 * RMSNorm (arXiv 1910.07467): `y[m,d] = x[m,d] / sqrt(mean_d(x[m,d]²) + eps) · gain[d]`, in float64.
 *
 * @param xMD - `[M, D]`, row-major
 * @param gainD - `[D]`
 */
export function rmsNormReference(xMD: Floats, gainD: Floats, eps: number): Float64Array {
  const width = gainD.length;
  const yMD = new Float64Array(xMD.length);
  for (let row = 0; row < xMD.length; row += width) {
    const inverseRms = inverseRmsReference(xMD, row, width, eps);
    for (let d = 0; d < width; d++) yMD[row + d] = xMD[row + d]! * inverseRms * gainD[d]!;
  }
  return yMD;
}

/** Gradients of {@link rmsNormReference} for the output gradient `dyMD`. */
export function rmsNormGradReference(
  dyMD: Floats,
  xMD: Floats,
  gainD: Floats,
  eps: number,
): { dxMD: Float64Array; dgainD: Float64Array } {
  const width = gainD.length;
  const dxMD = new Float64Array(xMD.length);
  const dgainD = new Float64Array(width);
  for (let row = 0; row < xMD.length; row += width) {
    const inverseRms = inverseRmsReference(xMD, row, width, eps);
    let dot = 0;
    for (let d = 0; d < width; d++) dot += dyMD[row + d]! * gainD[d]! * xMD[row + d]!;
    const pull = (dot / width) * inverseRms ** 3;
    for (let d = 0; d < width; d++) {
      dxMD[row + d] = dyMD[row + d]! * gainD[d]! * inverseRms - xMD[row + d]! * pull;
      dgainD[d]! += dyMD[row + d]! * xMD[row + d]! * inverseRms;
    }
  }
  return { dxMD, dgainD };
}

function inverseRmsReference(xMD: Floats, row: number, width: number, eps: number): number {
  let squares = 0;
  for (let d = 0; d < width; d++) squares += xMD[row + d]! ** 2;
  return 1 / Math.sqrt(squares / width + eps);
}
