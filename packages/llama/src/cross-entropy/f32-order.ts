import { expF32, logF32 } from '../kernel/f32-math.ts';

/**
 * Interleaved partial sums, which are then added in order. As many as a webgpu workgroup has threads, so that
 * neighbouring threads read neighbouring logits.
 */
export const LANES = 64;

const f32 = Math.fround;

/**
 * Softmax cross-entropy in f32 arithmetic, every operation rounded, in the order that the wasm and webgpu kernels
 * follow. The accuracy is judged against `crossEntropyReference`; this is the definition of the bits.
 */
export function crossEntropyF32(
  logitsMV: Float32Array,
  targets: Int32Array,
  vocabSize: number,
): { meanLoss: number; loss: Float32Array; logSumExp: Float32Array } {
  const rows = targets.length;
  const loss = new Float32Array(rows);
  const logSumExp = new Float32Array(rows);
  const exponentials = new Float32Array(vocabSize);
  for (let m = 0; m < rows; m++) {
    const row = m * vocabSize;
    let greatest = logitsMV[row]!;
    for (let v = 1; v < vocabSize; v++) greatest = Math.max(greatest, logitsMV[row + v]!);
    for (let v = 0; v < vocabSize; v++) exponentials[v] = expF32(f32(logitsMV[row + v]! - greatest));
    logSumExp[m] = greatest + logF32(laneSum(exponentials));
    loss[m] = logSumExp[m]! - logitsMV[row + targets[m]!]!;
  }
  return { meanLoss: f32(laneSum(loss) / rows), loss, logSumExp };
}

/** Gradient of the mean loss of {@link crossEntropyF32}, in f32 arithmetic of fixed order. */
export function crossEntropyGradF32(
  dy: number,
  logitsMV: Float32Array,
  targets: Int32Array,
  logSumExp: Float32Array,
  vocabSize: number,
): Float32Array {
  const dLogits = new Float32Array(logitsMV.length);
  const scale = f32(dy / targets.length);
  for (let m = 0; m < targets.length; m++) {
    const row = m * vocabSize;
    for (let v = 0; v < vocabSize; v++) {
      dLogits[row + v] = expF32(f32(logitsMV[row + v]! - logSumExp[m]!)) * scale;
    }
    dLogits[row + targets[m]!]! -= scale;
  }
  return dLogits;
}

function laneSum(values: Float32Array): number {
  const sums = new Float32Array(LANES);
  for (let i = 0; i < values.length; i++) sums[i % LANES]! += values[i]!;
  return sums.reduce((total, sum) => f32(total + sum));
}
