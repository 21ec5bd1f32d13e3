import { exp4, log1 } from './exp';
import { loadSome, maxLanes, storeSome, sumLanes } from './simd';

const LEAST: f32 = -3.4028235e38;

/** Of each row the log-sum-exp and the loss; returns the mean loss, summed in f64. */
export function crossEntropy(
  loss: usize,
  logSumExp: usize,
  logits: usize,
  targets: usize,
  rows: i32,
  vocabSize: i32,
): f64 {
  let total: f64 = 0;
  const whole = vocabSize & ~3;
  for (let m = 0; m < rows; m++) {
    const row = logits + ((<usize>m * vocabSize) << 2);
    let greatest4 = f32x4.splat(LEAST);
    for (let v = 0; v < whole; v += 4) greatest4 = f32x4.max(greatest4, v128.load(row + (v << 2)));
    let greatest = maxLanes(greatest4);
    for (let v = whole; v < vocabSize; v++) greatest = max(greatest, load<f32>(row + (v << 2)));

    const shift = f32x4.splat(greatest);
    let sums = f32x4.splat(0);
    for (let v = 0; v < whole; v += 4) {
      sums = f32x4.add(sums, exp4(f32x4.sub(v128.load(row + (v << 2)), shift)));
    }
    let sum = sumLanes(sums);
    for (let v = whole; v < vocabSize; v++) {
      sum += f32x4.extract_lane(exp4(f32x4.splat(load<f32>(row + (v << 2)) - greatest)), 0);
    }
    const lse = greatest + log1(sum);
    const target = load<i32>(targets + (m << 2));
    const rowLoss = lse - load<f32>(row + ((<usize>target) << 2));
    store<f32>(logSumExp + (m << 2), lse);
    store<f32>(loss + (m << 2), rowLoss);
    total += <f64>rowLoss;
  }
  return total / <f64>rows;
}

/** dLogits[m,v] = (exp(logits[m,v] − logSumExp[m]) − [v = targets[m]]) · dy / M. */
export function crossEntropyGrad(
  dLogits: usize,
  dy: usize,
  logits: usize,
  targets: usize,
  logSumExp: usize,
  rows: i32,
  vocabSize: i32,
): void {
  const scale = load<f32>(dy) / <f32>rows;
  const scale4 = f32x4.splat(scale);
  for (let m = 0; m < rows; m++) {
    const row = (<usize>m * vocabSize) << 2;
    const shift = f32x4.splat(load<f32>(logSumExp + (m << 2)));
    for (let v = 0; v < vocabSize; v += 4) {
      const at = row + (v << 2);
      const left = vocabSize - v;
      const probabilities = exp4(f32x4.sub(loadSome(logits + at, left), shift));
      storeSome(dLogits + at, f32x4.mul(probabilities, scale4), left);
    }
    const target = dLogits + row + ((<usize>load<i32>(targets + (m << 2))) << 2);
    store<f32>(target, load<f32>(target) - scale);
  }
}
