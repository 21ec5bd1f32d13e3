import { exp4, log1 } from './exp';
import { maxLanes, sumLanes } from './simd';
import { accumulateOuter4, multiplyRows4 } from './tiles';

// Four query rows at a time against all keys up to the last of the four. Head components are padded to a multiple of
// 8 and positions to a multiple of 8, with zeros, so that every tile is whole.

const MASKED: f32 = -1e30;

// @ts-ignore: decorator
@inline
function padded(count: i32): i32 {
  return (count + 7) & ~7;
}

/** Scratch bytes that `causalAttention` needs. */
export function attentionScratchBytes(context: i32, headDim: i32): usize {
  const positions = <usize>padded(context);
  const components = <usize>padded(headDim);
  return (2 * positions * components + 8 * components + 4 * positions + 4) << 2;
}

/** Scratch bytes that `causalAttentionGrad` needs. */
export function attentionGradScratchBytes(context: i32, headDim: i32): usize {
  const positions = <usize>padded(context);
  const components = <usize>padded(headDim);
  return (5 * positions * components + 12 * components + 8 * positions) << 2;
}

/** to[rows][padded(headDim)] = from[rows][headDim] · scale, zero elsewhere up to `paddedRows`. */
function packRows(
  to: usize,
  from: usize,
  fromStride: usize,
  rows: i32,
  paddedRows: i32,
  headDim: i32,
  scale: f32,
): void {
  const stride = <usize>padded(headDim) << 2;
  memory.fill(to, 0, paddedRows * stride);
  for (let row = 0; row < rows; row++) {
    for (let d = 0; d < headDim; d++) store<f32>(to + (d << 2), load<f32>(from + (d << 2)) * scale);
    to += stride;
    from += fromStride;
  }
}

/** to[padded(headDim)][padded(rows)] = the transpose of from[rows][headDim], zero elsewhere. */
function packColumns(to: usize, from: usize, fromStride: usize, rows: i32, headDim: i32): void {
  const stride = <usize>padded(rows) << 2;
  memory.fill(to, 0, padded(headDim) * stride);
  for (let row = 0; row < rows; row++) {
    for (let d = 0; d < headDim; d++) store<f32>(to + d * stride + (row << 2), load<f32>(from + (d << 2)));
    from += fromStride;
  }
}

/** Scores to exp(score − its row's greatest), zero after position `t`; returns the row's log-sum-exp. */
function softmaxRow(scores: usize, t: i32, keys: i32, inverseSum: usize): f32 {
  for (let j = t + 1; j < keys; j++) store<f32>(scores + (j << 2), MASKED);
  let greatest4 = f32x4.splat(MASKED);
  for (let j = 0; j < keys; j += 4) greatest4 = f32x4.max(greatest4, v128.load(scores + (j << 2)));
  const greatest = maxLanes(greatest4);
  const shift = f32x4.splat(greatest);
  let sums = f32x4.splat(0);
  for (let j = 0; j < keys; j += 4) {
    const weights = exp4(f32x4.sub(v128.load(scores + (j << 2)), shift));
    v128.store(scores + (j << 2), weights);
    sums = f32x4.add(sums, weights);
  }
  const sum = sumLanes(sums);
  store<f32>(inverseSum, <f32>1 / sum);
  return greatest + log1(sum);
}

/** Grouped-query causal attention; `scale` is 1 / sqrt(headDim). */
export function causalAttention(
  out: usize,
  logSumExp: usize,
  scratch: usize,
  qkv: usize,
  batch: i32,
  context: i32,
  nHeads: i32,
  nKvHeads: i32,
  headDim: i32,
  scale: f32,
): void {
  const components = padded(headDim);
  const componentBytes = <usize>components << 2;
  const positionBytes = <usize>padded(context) << 2;
  const rowBytes = (<usize>(nHeads + 2 * nKvHeads) * headDim) << 2;
  const outBytes = (<usize>nHeads * headDim) << 2;
  const headBytes = <usize>headDim << 2;
  const group = nHeads / nKvHeads;

  const keysT = scratch;
  const values = keysT + components * positionBytes;
  const queries = values + padded(context) * componentBytes;
  const outs = queries + 4 * componentBytes;
  const scores = outs + 4 * componentBytes;
  const inverseSums = scores + 4 * positionBytes;

  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < nHeads; head++) {
      const sequence = qkv + b * context * rowBytes;
      if (head % group === 0) {
        const key = sequence + (nHeads + head / group) * headBytes;
        packColumns(keysT, key, rowBytes, context, headDim);
        packRows(values, key + nKvHeads * headBytes, rowBytes, context, padded(context), headDim, 1);
      }
      for (let t = 0; t < context; t += 4) {
        const rows = min(4, context - t);
        const keys = padded(t + rows);
        packRows(queries, sequence + t * rowBytes + head * headBytes, rowBytes, rows, 4, headDim, scale);
        multiplyRows4(
          scores, positionBytes, queries, componentBytes, keysT, positionBytes, components, keys,
        );
        for (let r = 0; r < rows; r++) {
          const row = b * context + t + r;
          const lse = softmaxRow(scores + r * positionBytes, t + r, keys, inverseSums + (r << 2));
          store<f32>(logSumExp + ((<usize>row * nHeads + head) << 2), lse);
        }
        multiplyRows4(outs, componentBytes, scores, positionBytes, values, componentBytes, keys, components);
        for (let r = 0; r < rows; r++) {
          const inverseSum = load<f32>(inverseSums + (r << 2));
          const to = out + (b * context + t + r) * outBytes + head * headBytes;
          const from = outs + r * componentBytes;
          for (let d = 0; d < headDim; d++) {
            store<f32>(to + (d << 2), load<f32>(from + (d << 2)) * inverseSum);
          }
        }
      }
    }
  }
}

/** Probabilities from scores and their log-sum-exp, zero after position `t`; then scores' gradients from dP. */
function probabilitiesAndGrads(p: usize, dS: usize, t: i32, keys: i32, logSumExp: f32, delta: f32): void {
  for (let j = t + 1; j < keys; j++) store<f32>(p + (j << 2), MASKED);
  const shift = f32x4.splat(logSumExp);
  const delta4 = f32x4.splat(delta);
  for (let j = 0; j < keys; j += 4) {
    const at = j << 2;
    const probabilities = exp4(f32x4.sub(v128.load(p + at), shift));
    v128.store(p + at, probabilities);
    v128.store(dS + at, f32x4.mul(probabilities, f32x4.sub(v128.load(dS + at), delta4)));
  }
}

/** Gradient of `causalAttention`: probabilities are computed again, four query rows at a time. */
export function causalAttentionGrad(
  dqkv: usize,
  scratch: usize,
  dy: usize,
  qkv: usize,
  out: usize,
  logSumExp: usize,
  batch: i32,
  context: i32,
  nHeads: i32,
  nKvHeads: i32,
  headDim: i32,
  scale: f32,
): void {
  const components = padded(headDim);
  const componentBytes = <usize>components << 2;
  const positions = padded(context);
  const positionBytes = <usize>positions << 2;
  const rowBytes = (<usize>(nHeads + 2 * nKvHeads) * headDim) << 2;
  const outBytes = (<usize>nHeads * headDim) << 2;
  const headBytes = <usize>headDim << 2;
  const group = nHeads / nKvHeads;
  const panel = positions * componentBytes;

  const keysT = scratch;
  const valuesT = keysT + panel;
  const keyRows = valuesT + panel;
  const dKeys = keyRows + panel;
  const dValues = dKeys + panel;
  const queries = dValues + panel;
  const dys = queries + 4 * componentBytes;
  const dQueries = dys + 4 * componentBytes;
  const p = dQueries + 4 * componentBytes;
  const dS = p + 4 * positionBytes;

  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < nHeads; head++) {
      const sequence = <usize>b * context;
      const key = qkv + sequence * rowBytes + (nHeads + head / group) * headBytes;
      if (head % group === 0) {
        const value = key + nKvHeads * headBytes;
        packColumns(keysT, key, rowBytes, context, headDim);
        packColumns(valuesT, value, rowBytes, context, headDim);
        packRows(keyRows, key, rowBytes, context, positions, headDim, 1);
        memory.fill(dKeys, 0, 2 * panel);
      }
      for (let t = 0; t < context; t += 4) {
        const rows = min(4, context - t);
        const keys = padded(t + rows);
        const query = (sequence + t) * rowBytes + head * headBytes;
        const outAt = (sequence + t) * outBytes + head * headBytes;
        packRows(queries, qkv + query, rowBytes, rows, 4, headDim, scale);
        packRows(dys, dy + outAt, outBytes, rows, 4, headDim, 1);
        multiplyRows4(p, positionBytes, queries, componentBytes, keysT, positionBytes, components, keys);
        multiplyRows4(dS, positionBytes, dys, componentBytes, valuesT, positionBytes, components, keys);
        for (let r = 0; r < 4; r++) {
          if (r >= rows) {
            memory.fill(p + r * positionBytes, 0, positionBytes);
            memory.fill(dS + r * positionBytes, 0, positionBytes);
            continue;
          }
          let delta: f32 = 0;
          for (let d = 0; d < headDim; d++) {
            delta += load<f32>(dys + r * componentBytes + (d << 2)) * load<f32>(out + outAt + r * outBytes + (d << 2));
          }
          const lse = load<f32>(logSumExp + (((sequence + t + r) * nHeads + head) << 2));
          probabilitiesAndGrads(p + r * positionBytes, dS + r * positionBytes, t + r, keys, lse, delta);
        }
        accumulateOuter4(dValues, componentBytes, p, positionBytes, dys, componentBytes, keys, components);
        accumulateOuter4(dKeys, componentBytes, dS, positionBytes, queries, componentBytes, keys, components);
        multiplyRows4(dQueries, componentBytes, dS, positionBytes, keyRows, componentBytes, keys, components);
        for (let r = 0; r < rows; r++) {
          const to = dqkv + query + r * rowBytes;
          const from = dQueries + r * componentBytes;
          for (let d = 0; d < headDim; d++) store<f32>(to + (d << 2), load<f32>(from + (d << 2)) * scale);
        }
      }
      if (head % group === group - 1) {
        const dKey = dqkv + (key - qkv);
        unpackRows(dKey, rowBytes, dKeys, componentBytes, context, headBytes);
        unpackRows(dKey + nKvHeads * headBytes, rowBytes, dValues, componentBytes, context, headBytes);
      }
    }
  }
}

function unpackRows(to: usize, toStride: usize, from: usize, fromStride: usize, rows: i32, bytes: usize): void {
  for (let row = 0; row < rows; row++) {
    memory.copy(to, from, bytes);
    to += toStride;
    from += fromStride;
  }
}
