import type { Floats } from '../kernel/floats.ts';

/**
 * Softmax cross-entropy in float64, in nats: `loss[m] = logSumExp_v(logits[m,v]) − logits[m, targets[m]]`.
 *
 * @param logitsMV - `[M, V]`, row-major
 */
export function crossEntropyReference(
  logitsMV: Floats,
  targets: Int32Array,
  vocabSize: number,
): { meanLoss: number; loss: Float64Array; logSumExp: Float64Array } {
  const rows = targets.length;
  const loss = new Float64Array(rows);
  const logSumExp = new Float64Array(rows);
  let total = 0;
  for (let m = 0; m < rows; m++) {
    const row = m * vocabSize;
    let greatest = -Infinity;
    for (let v = 0; v < vocabSize; v++) greatest = Math.max(greatest, logitsMV[row + v]!);
    let sum = 0;
    for (let v = 0; v < vocabSize; v++) sum += Math.exp(logitsMV[row + v]! - greatest);
    logSumExp[m] = greatest + Math.log(sum);
    loss[m] = logSumExp[m]! - logitsMV[row + targets[m]!]!;
    total += loss[m]!;
  }
  return { meanLoss: total / rows, loss, logSumExp };
}

/** Gradient of the mean loss: `(softmax(logits)[m,v] − [v = targets[m]]) · dy / M`. */
export function crossEntropyGradReference(
  dy: number,
  logitsMV: Floats,
  targets: Int32Array,
  logSumExp: Floats,
  vocabSize: number,
): Float64Array {
  const dLogits = new Float64Array(logitsMV.length);
  const scale = dy / targets.length;
  for (let m = 0; m < targets.length; m++) {
    const row = m * vocabSize;
    for (let v = 0; v < vocabSize; v++) {
      dLogits[row + v] = Math.exp(logitsMV[row + v]! - logSumExp[m]!) * scale;
    }
    dLogits[row + targets[m]!]! -= scale;
  }
  return dLogits;
}
