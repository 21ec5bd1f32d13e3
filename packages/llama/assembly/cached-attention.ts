import { exp4Below } from './exp';
import { maxLanes, sumLanes } from './simd';

// Mirrors src/cached-attention/f32-order.ts operation by operation. Keys lie component by component, so that a lane is
// a position in the scores, and values position by position, so that it is a component in the outputs: both are then
// summed one term after the other, as the definition has it.

const MASKED: f32 = -1e30;

/** Writes the key and value heads of rows into keys [kvWidth][capacity] and values [capacity][kvWidth]. */
export function cacheAppend(
  keys: usize,
  values: usize,
  qkv: usize,
  rows: i32,
  capacity: i32,
  offset: i32,
  nHeads: i32,
  nKvHeads: i32,
  headDim: i32,
): void {
  const kvWidth = nKvHeads * headDim;
  const kvBytes = <usize>kvWidth << 2;
  const rowBytes = (<usize>(nHeads + 2 * nKvHeads) * headDim) << 2;
  for (let s = 0; s < rows; s++) {
    const from = qkv + s * rowBytes + ((<usize>nHeads * headDim) << 2);
    let to = keys + ((<usize>(offset + s)) << 2);
    for (let c = 0; c < kvWidth; c++) {
      store<f32>(to, load<f32>(from + (c << 2)));
      to += <usize>capacity << 2;
    }
    memory.copy(values + (offset + s) * kvBytes, from + kvBytes, kvBytes);
  }
}

/** scores[j] = query · factor · key j, for `count` keys, a multiple of 4. */
function scoreKeys(
  scores: usize,
  query: usize,
  keys: usize,
  keyStride: usize,
  count: i32,
  headDim: i32,
  factor: f32,
): void {
  let j = 0;
  for (; j + 16 <= count; j += 16) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let at = keys + (j << 2);
    for (let d = 0; d < headDim; d++) {
      const q = f32x4.splat(load<f32>(query + (d << 2)) * factor);
      s0 = f32x4.add(s0, f32x4.mul(q, v128.load(at)));
      s1 = f32x4.add(s1, f32x4.mul(q, v128.load(at, 16)));
      s2 = f32x4.add(s2, f32x4.mul(q, v128.load(at, 32)));
      s3 = f32x4.add(s3, f32x4.mul(q, v128.load(at, 48)));
      at += keyStride;
    }
    const to = scores + (j << 2);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; j < count; j += 4) {
    let s0 = f32x4.splat(0);
    let at = keys + (j << 2);
    for (let d = 0; d < headDim; d++) {
      s0 = f32x4.add(s0, f32x4.mul(f32x4.splat(load<f32>(query + (d << 2)) * factor), v128.load(at)));
      at += keyStride;
    }
    v128.store(scores + (j << 2), s0);
  }
}

/** Scores to exp(score − greatest), `count` of them, a multiple of 4; returns their sum. */
function softmaxWeights(scores: usize, count: i32): f32 {
  const end = scores + (count << 2);
  let greatest4 = f32x4.splat(MASKED);
  for (let at = scores; at < end; at += 16) greatest4 = f32x4.pmax(greatest4, v128.load(at));
  const shift = f32x4.splat(maxLanes(greatest4));
  let sums = f32x4.splat(0);
  for (let at = scores; at < end; at += 16) {
    const weights = exp4Below(f32x4.sub(v128.load(at), shift));
    v128.store(at, weights);
    sums = f32x4.add(sums, weights);
  }
  return sumLanes(sums);
}

/** out[d] = Σ_j weights[j] · values[j][d] · inverse. */
function sumValues(
  out: usize,
  weights: usize,
  values: usize,
  valueStride: usize,
  count: i32,
  headDim: i32,
  inverse: f32,
): void {
  const inverse4 = f32x4.splat(inverse);
  const end = weights + (count << 2);
  let d = 0;
  for (; d + 16 <= headDim; d += 16) {
    let o0 = f32x4.splat(0);
    let o1 = o0;
    let o2 = o0;
    let o3 = o0;
    let from = values + (d << 2);
    for (let at = weights; at < end; at += 4) {
      const w = v128.load32_splat(at);
      o0 = f32x4.add(o0, f32x4.mul(w, v128.load(from)));
      o1 = f32x4.add(o1, f32x4.mul(w, v128.load(from, 16)));
      o2 = f32x4.add(o2, f32x4.mul(w, v128.load(from, 32)));
      o3 = f32x4.add(o3, f32x4.mul(w, v128.load(from, 48)));
      from += valueStride;
    }
    const to = out + (d << 2);
    v128.store(to, f32x4.mul(o0, inverse4));
    v128.store(to, f32x4.mul(o1, inverse4), 16);
    v128.store(to, f32x4.mul(o2, inverse4), 32);
    v128.store(to, f32x4.mul(o3, inverse4), 48);
  }
  for (; d < headDim; d++) {
    let sum: f32 = 0;
    let from = values + (d << 2);
    for (let at = weights; at < end; at += 4) {
      sum += load<f32>(at) * load<f32>(from);
      from += valueStride;
    }
    store<f32>(out + (d << 2), sum * inverse);
  }
}

/** Attention of rows over a cache that holds their own keys and values too; `factor` is 1 / sqrt(headDim). */
export function cachedAttention(
  out: usize,
  scores: usize,
  qkv: usize,
  keys: usize,
  values: usize,
  rows: i32,
  capacity: i32,
  offset: i32,
  nHeads: i32,
  nKvHeads: i32,
  headDim: i32,
  factor: f32,
): void {
  const headBytes = <usize>headDim << 2;
  const rowBytes = <usize>(nHeads + 2 * nKvHeads) * headBytes;
  const keyStride = <usize>capacity << 2;
  const valueStride = <usize>nKvHeads * headBytes;
  const group = nHeads / nKvHeads;
  for (let s = 0; s < rows; s++) {
    const count = offset + s + 1;
    const padded = (count + 3) & ~3;
    for (let head = 0; head < nHeads; head++) {
      const kvHead = <usize>(head / group);
      const query = qkv + s * rowBytes + head * headBytes;
      scoreKeys(scores, query, keys + kvHead * headDim * keyStride, keyStride, padded, headDim, factor);
      for (let j = count; j < padded; j++) store<f32>(scores + (j << 2), MASKED);
      const sum = softmaxWeights(scores, padded);
      const to = out + (<usize>s * nHeads + head) * headBytes;
      sumValues(to, scores, values + kvHead * headBytes, valueStride, count, headDim, 1 / sum);
    }
  }
}
