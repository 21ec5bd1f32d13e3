import { expF32, logF32 } from '../kernel/f32-math.ts';

/**
 * Interleaved partial sums, which are then added in order. As many as a webgpu workgroup has threads, so that
 * neighbouring threads read neighbouring logits.
 */
export const LANES = 64;

const f32 = Math.fround;

/**
 * Softmax cross-entropy of each row, and its gradient, in f32 arithmetic, every operation rounded, in the order that
 * the wasm and webgpu kernels follow. The accuracy is judged against `crossEntropyReference`; this is the definition of
 * the bits.
 *
 * @param scale - what each row counts in the gradient: f32(1 / rows) for that of the mean
 */
export function crossEntropyF32(
  logitsMV: Float32Array,
  targets: Int32Array,
  vocabSize: number,
  scale: number,
): { loss: Float32Array; dLogits: Float32Array } {
  const loss = new Float32Array(targets.length);
  const dLogits = new Float32Array(logitsMV.length);
  for (let m = 0; m < targets.length; m++) {
    const row = m * vocabSize;
    let greatest = logitsMV[row]!;
    for (let v = 1; v < vocabSize; v++) greatest = Math.max(greatest, logitsMV[row + v]!);
    const exponentials = dLogits.subarray(row, row + vocabSize);
    for (let v = 0; v < vocabSize; v++) exponentials[v] = expF32(f32(logitsMV[row + v]! - greatest));
    const sum = laneSum(exponentials);
    loss[m] = f32(greatest + logF32(sum)) - logitsMV[row + targets[m]!]!;
    const factor = f32(scale / sum);
    for (let v = 0; v < vocabSize; v++) dLogits[row + v]! *= factor;
    dLogits[row + targets[m]!]! -= scale;
  }
  return { loss, dLogits };
}

/** Mean of the losses of rows, as {@link crossEntropyF32} sums. */
export function meanLossF32(loss: Float32Array): number {
  return f32(laneSum(loss) / loss.length);
}

function laneSum(values: Float32Array): number {
  const sums = new Float32Array(LANES);
  for (let i = 0; i < values.length; i++) sums[i % LANES]! += values[i]!;
  return sums.reduce((total, sum) => f32(total + sum));
}
