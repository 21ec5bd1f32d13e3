/** Rows of one partial sum of the gain gradient; a second pass adds the partial sums in order. */
export const GAIN_CHUNK = 32;

const f32 = Math.fround;

/**
 * RMSNorm in f32 arithmetic, every operation rounded, in the order that the wasm and webgpu kernels follow: four
 * interleaved sums over d, combined as (s0 + s1) + (s2 + s3); no fused multiply-add. The accuracy is judged against
 * `rmsNormReference`; this is the definition of the bits.
 */
export function rmsNormF32(
  xMD: Float32Array,
  gainD: Float32Array,
  eps: number,
): { yMD: Float32Array; inverseRmsM: Float32Array } {
  const width = gainD.length;
  const yMD = new Float32Array(xMD.length);
  const inverseRmsM = new Float32Array(width === 0 ? 0 : xMD.length / width);
  for (let m = 0; m < inverseRmsM.length; m++) {
    const row = m * width;
    const inverseRms = inverseRmsF32(xMD, row, width, eps);
    inverseRmsM[m] = inverseRms;
    for (let d = 0; d < width; d++) yMD[row + d] = f32(xMD[row + d]! * inverseRms) * gainD[d]!;
  }
  return { yMD, inverseRmsM };
}

/**
 * Gradients of {@link rmsNormF32}, in f32 arithmetic of fixed order, from the `inverseRmsM` that it found; `dSumMD` is
 * added to that of x.
 */
export function rmsNormGradF32(
  dyMD: Float32Array,
  xMD: Float32Array,
  gainD: Float32Array,
  inverseRmsM: Float32Array,
  dSumMD?: Float32Array,
): { dxMD: Float32Array; dgainD: Float32Array } {
  const width = gainD.length;
  const dxMD = new Float32Array(xMD.length);
  const dgainD = new Float32Array(width);
  const partialD = new Float32Array(width);
  const sums = new Float32Array(4);
  const rows = inverseRmsM.length;
  for (let m = 0; m < rows; m++) {
    const row = m * width;
    const inverseRms = inverseRmsM[m]!;
    sums.fill(0);
    for (let d = 0; d < width; d++) sums[d & 3]! += f32(f32(dyMD[row + d]! * gainD[d]!) * xMD[row + d]!);
    const mean = f32(combined(sums) * f32(1 / width));
    const pull = f32(f32(f32(mean * inverseRms) * inverseRms) * inverseRms);
    if (m % GAIN_CHUNK === 0) partialD.fill(0);
    for (let d = 0; d < width; d++) {
      dxMD[row + d] = f32(f32(dyMD[row + d]! * gainD[d]!) * inverseRms) - f32(xMD[row + d]! * pull);
      if (dSumMD !== undefined) dxMD[row + d]! += dSumMD[row + d]!;
      partialD[d]! += f32(f32(dyMD[row + d]! * xMD[row + d]!) * inverseRms);
    }
    if ((m + 1) % GAIN_CHUNK === 0 || m + 1 === rows)
      for (let d = 0; d < width; d++) dgainD[d]! += partialD[d]!;
  }
  return { dxMD, dgainD };
}

function inverseRmsF32(xMD: Float32Array, row: number, width: number, eps: number): number {
  const sums = new Float32Array(4);
  for (let d = 0; d < width; d++) sums[d & 3]! += f32(xMD[row + d]! * xMD[row + d]!);
  const mean = f32(combined(sums) * f32(1 / width));
  return f32(1 / f32(Math.sqrt(f32(mean + f32(eps)))));
}

function combined(sums: Float32Array): number {
  return f32(f32(sums[0]! + sums[1]!) + f32(sums[2]! + sums[3]!));
}
