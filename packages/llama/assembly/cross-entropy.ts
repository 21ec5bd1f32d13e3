import { exp4, log1 } from './exp';
import { loadSome, maxLanes, storeSome } from './simd';

const LEAST: f32 = -3.4028235e38;

// Mirrors src/cross-entropy/f32-order.ts operation by operation.

const LANES = 64;

/** Of each row the log-sum-exp and the loss; returns the mean loss. */
export function crossEntropy(
  loss: usize,
  logSumExp: usize,
  logits: usize,
  targets: usize,
  rows: i32,
  vocabSize: i32,
): f32 {
  for (let m = 0; m < rows; m++) {
    const row = logits + ((<usize>m * vocabSize) << 2);
    const greatest = greatestOf(row, vocabSize);
    const lse = greatest + log1(sumOfExp(row, vocabSize, greatest));
    const target = load<i32>(targets + (m << 2));
    store<f32>(logSumExp + (m << 2), lse);
    store<f32>(loss + (m << 2), lse - load<f32>(row + ((<usize>target) << 2)));
  }
  return laneSum(loss, rows) / <f32>rows;
}

function greatestOf(row: usize, vocabSize: i32): f32 {
  const whole = vocabSize & ~3;
  let greatest4 = f32x4.splat(LEAST);
  for (let v = 0; v < whole; v += 4) greatest4 = f32x4.max(greatest4, v128.load(row + (v << 2)));
  let greatest = maxLanes(greatest4);
  for (let v = whole; v < vocabSize; v++) greatest = max(greatest, load<f32>(row + (v << 2)));
  return greatest;
}

/** exp(row − greatest) in 64 interleaved sums, four of them at a time; then their sum in order. */
function sumOfExp(row: usize, vocabSize: i32, greatest: f32): f32 {
  const shift = f32x4.splat(greatest);
  let sum: f32 = 0;
  for (let lane = 0; lane < LANES; lane += 4) {
    let sums = f32x4.splat(0);
    let v = lane;
    for (; v + 4 <= vocabSize; v += LANES) {
      sums = f32x4.add(sums, exp4(f32x4.sub(v128.load(row + (v << 2)), shift)));
    }
    if (v < vocabSize) {
      const left = vocabSize - v;
      const exponentials = exp4(f32x4.sub(loadSome(row + (v << 2), left), shift));
      sums = f32x4.add(sums, v128.and(exponentials, firstLanes(left)));
    }
    sum += f32x4.extract_lane(sums, 0);
    sum += f32x4.extract_lane(sums, 1);
    sum += f32x4.extract_lane(sums, 2);
    sum += f32x4.extract_lane(sums, 3);
  }
  return sum;
}

/** All bits set in the first `count` lanes. */
// @ts-ignore: decorator
@inline
function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** Sum of `count` values: 64 interleaved sums, added in order. */
function laneSum(values: usize, count: i32): f32 {
  let total: f32 = 0;
  for (let lane = 0; lane < LANES; lane++) {
    let sum: f32 = 0;
    for (let i = lane; i < count; i += LANES) sum += load<f32>(values + (i << 2));
    total += sum;
  }
  return total;
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
