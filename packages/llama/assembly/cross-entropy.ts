import { exp4Below, log1 } from './exp';
import { loadSome, maxLanes, storeSome } from './simd';

const LEAST: f32 = -3.4028235e38;

// Mirrors src/cross-entropy/f32-order.ts operation by operation.

const LANES = 64;

/**
 * The loss of each row, and, unless `dLogits` is 0, dLogits[m,v] = (softmax(logits[m])[v] − [v = targets[m]]) · scale.
 * `exponentials` is scratch of one row.
 */
export function crossEntropy(
  loss: usize,
  dLogits: usize,
  exponentials: usize,
  logits: usize,
  targets: usize,
  rows: i32,
  vocabSize: i32,
  scale: f32,
): void {
  const bytes = <usize>vocabSize << 2;
  for (let m = 0; m < rows; m++) {
    const greatest = greatestOf(logits, vocabSize);
    const sum = sumOfExp(exponentials, logits, vocabSize, greatest);
    const target = <usize>load<i32>(targets + (m << 2)) << 2;
    store<f32>(loss + (m << 2), greatest + log1(sum) - load<f32>(logits + target));
    if (dLogits !== 0) {
      multiply(dLogits, exponentials, vocabSize, scale / sum);
      store<f32>(dLogits + target, load<f32>(dLogits + target) - scale);
      dLogits += bytes;
    }
    logits += bytes;
  }
}

function greatestOf(row: usize, vocabSize: i32): f32 {
  const end = row + (<usize>(vocabSize & ~3) << 2);
  let greatest4 = f32x4.splat(LEAST);
  for (; row < end; row += 16) greatest4 = f32x4.pmax(greatest4, v128.load(row));
  let greatest = maxLanes(greatest4);
  for (let v = vocabSize & ~3; v < vocabSize; v++) {
    greatest = max(greatest, load<f32>(row));
    row += 4;
  }
  return greatest;
}

/** exp(row − greatest), and their 64 interleaved sums, four of them at a time; then their sum in order. */
function sumOfExp(exponentials: usize, row: usize, vocabSize: i32, greatest: f32): f32 {
  const shift = f32x4.splat(greatest);
  let sum: f32 = 0;
  for (let lane = 0; lane < LANES; lane += 4) {
    let sums = f32x4.splat(0);
    let v = lane;
    for (; v + 4 <= vocabSize; v += LANES) {
      const values = exp4Below(f32x4.sub(v128.load(row + (v << 2)), shift));
      v128.store(exponentials + (v << 2), values);
      sums = f32x4.add(sums, values);
    }
    if (v < vocabSize) {
      const left = vocabSize - v;
      const values = exp4Below(f32x4.sub(loadSome(row + (v << 2), left), shift));
      storeSome(exponentials + (v << 2), values, left);
      sums = f32x4.add(sums, v128.and(values, firstLanes(left)));
    }
    sum += f32x4.extract_lane(sums, 0);
    sum += f32x4.extract_lane(sums, 1);
    sum += f32x4.extract_lane(sums, 2);
    sum += f32x4.extract_lane(sums, 3);
  }
  return sum;
}

/** to = from · factor, `count` values. */
function multiply(to: usize, from: usize, count: i32, factor: f32): void {
  const factor4 = f32x4.splat(factor);
  const end = from + (<usize>(count & ~3) << 2);
  for (; from < end; from += 16) {
    v128.store(to, f32x4.mul(v128.load(from), factor4));
    to += 16;
  }
  storeSome(to, f32x4.mul(loadSome(from, count & 3), factor4), count & 3);
}

/** All bits set in the first `count` lanes. */
// @ts-ignore: decorator
@inline
function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** Mean of `count` values: 64 interleaved sums, added in order. */
export function meanLoss(values: usize, count: i32): f32 {
  let total: f32 = 0;
  for (let lane = 0; lane < LANES; lane++) {
    let sum: f32 = 0;
    for (let i = lane; i < count; i += LANES) sum += load<f32>(values + (i << 2));
    total += sum;
  }
  return total / <f32>count;
}
