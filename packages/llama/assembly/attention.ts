import { exp4Below, log1 } from './exp';
import { accumulate8, LANE_BYTES, multiply8 } from './tiles';
import { transpose } from './transpose';

// Mirrors src/attention/f32-order.ts operation by operation. Eight queries of a head at a time, a query to a lane,
// against all keys up to the last of the eight. Head components and positions are padded to a multiple of 8 with zeros,
// so that every tile is whole.

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
  return (2 * positions * components + 16 * components + 8 * positions) << 2;
}

/** Scratch bytes that `causalAttentionGrad` needs. */
export function attentionGradScratchBytes(context: i32, headDim: i32): usize {
  const positions = <usize>padded(context);
  const components = <usize>padded(headDim);
  return (4 * positions * components + 40 * components + 16 * positions + 16) << 2;
}

/** to[rows][padded(headDim)] = from[rows][headDim], zero elsewhere up to `paddedRows`. */
function packRows(to: usize, from: usize, fromStride: usize, rows: i32, paddedRows: i32, headDim: i32): void {
  const stride = <usize>padded(headDim) << 2;
  if (padded(headDim) !== headDim || paddedRows !== rows) memory.fill(to, 0, paddedRows * stride);
  for (let row = 0; row < rows; row++) {
    memory.copy(to, from, <usize>headDim << 2);
    to += stride;
    from += fromStride;
  }
}

/** to[padded(headDim)][8] = the transpose of from[queries][headDim], zero elsewhere. */
function packLanes(to: usize, from: usize, fromStride: usize, queries: i32, headDim: i32): void {
  if (padded(headDim) !== headDim || queries < 8) memory.fill(to, 0, padded(headDim) * LANE_BYTES);
  transpose(to, LANE_BYTES, from, fromStride, queries, headDim);
}

function scale(values: usize, count: i32, factor: f32): void {
  const factor4 = f32x4.splat(factor);
  for (let i = 0; i < count; i += 4) {
    const at = values + (i << 2);
    v128.store(at, f32x4.mul(v128.load(at), factor4));
  }
}

/** Scores [keys][8] of the keys that come after a lane's query, t and the lane, are put out of the running. */
function mask(scores: usize, t: i32, keys: i32): void {
  const masked = f32x4.splat(MASKED);
  for (let j = t + 1; j < keys; j++) {
    const at = scores + j * LANE_BYTES;
    const first = i32x4.splat(j - t);
    v128.store(at, v128.bitselect(v128.load(at), masked, i32x4.ge_s(i32x4(0, 1, 2, 3), first)));
    v128.store(at, v128.bitselect(v128.load(at, 16), masked, i32x4.ge_s(i32x4(4, 5, 6, 7), first)), 16);
  }
}

/**
 * Scores [keys][8] to exp(score − greatest of its lane), four lanes of them; returns the sums of the weights, and in
 * `greatest` the greatest. Keys are a multiple of 4.
 */
function softmaxLanes(scores: usize, keys: i32, greatest: usize): v128 {
  const end = scores + keys * LANE_BYTES;
  let shift = f32x4.splat(MASKED);
  for (let at = scores; at < end; at += LANE_BYTES) shift = f32x4.pmax(shift, v128.load(at));
  v128.store(greatest, shift);
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let at = scores; at < end; at += 4 * LANE_BYTES) {
    const w0 = exp4Below(f32x4.sub(v128.load(at), shift));
    v128.store(at, w0);
    s0 = f32x4.add(s0, w0);
    const w1 = exp4Below(f32x4.sub(v128.load(at, 32), shift));
    v128.store(at, w1, 32);
    s1 = f32x4.add(s1, w1);
    const w2 = exp4Below(f32x4.sub(v128.load(at, 64), shift));
    v128.store(at, w2, 64);
    s2 = f32x4.add(s2, w2);
    const w3 = exp4Below(f32x4.sub(v128.load(at, 96), shift));
    v128.store(at, w3, 96);
    s3 = f32x4.add(s3, w3);
  }
  return f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
}

/** Grouped-query causal attention; `factor` is 1 / sqrt(headDim). */
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
  factor: f32,
): void {
  const components = padded(headDim);
  const componentBytes = <usize>components << 2;
  const positions = padded(context);
  const rowBytes = (<usize>(nHeads + 2 * nKvHeads) * headDim) << 2;
  const outBytes = (<usize>nHeads * headDim) << 2;
  const headBytes = <usize>headDim << 2;
  const group = nHeads / nKvHeads;

  const keyRows = scratch;
  const valueRows = keyRows + positions * componentBytes;
  const queries = valueRows + positions * componentBytes;
  const outs = queries + components * LANE_BYTES;
  const scores = outs + components * LANE_BYTES;
  const one = f32x4.splat(1);

  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < nHeads; head++) {
      const sequence = qkv + b * context * rowBytes;
      if (head % group === 0) {
        const key = sequence + (nHeads + head / group) * headBytes;
        packRows(keyRows, key, rowBytes, context, positions, headDim);
        packRows(valueRows, key + nKvHeads * headBytes, rowBytes, context, positions, headDim);
      }
      for (let t = 0; t < context; t += 8) {
        const count = min(8, context - t);
        const keys = t + 8;
        packLanes(queries, sequence + t * rowBytes + head * headBytes, rowBytes, count, headDim);
        scale(queries, 8 * components, factor);
        multiply8(scores, keyRows, componentBytes, 4, queries, keys, components);
        mask(scores, t, keys);
        // The greatest scores are kept where the queries were.
        const sums0 = softmaxLanes(scores, keys, queries);
        const sums1 = softmaxLanes(scores + 16, keys, queries + 16);
        multiply8(outs, valueRows, 4, componentBytes, scores, components, keys);
        const inverse0 = f32x4.div(one, sums0);
        const inverse1 = f32x4.div(one, sums1);
        for (let at = outs; at < scores; at += LANE_BYTES) {
          v128.store(at, f32x4.mul(v128.load(at), inverse0));
          v128.store(at, f32x4.mul(v128.load(at, 16), inverse1), 16);
        }
        const row = b * context + t;
        transpose(out + row * outBytes + head * headBytes, outBytes, outs, LANE_BYTES, headDim, count);
        v128.store(outs, sums0);
        v128.store(outs, sums1, 16);
        for (let lane = 0; lane < count; lane++) {
          const lse = load<f32>(queries + (lane << 2)) + log1(load<f32>(outs + (lane << 2)));
          store<f32>(logSumExp + ((<usize>(row + lane) * nHeads + head) << 2), lse);
        }
      }
    }
  }
}

/** Scores to probabilities, and dP to scores' gradients, four lanes of [keys][8]. */
function probabilitiesAndGrads(p: usize, dS: usize, keys: i32, logSumExp: v128, delta: v128): void {
  const end = p + keys * LANE_BYTES;
  for (; p < end; p += LANE_BYTES) {
    const probabilities = exp4Below(f32x4.sub(v128.load(p), logSumExp));
    v128.store(p, probabilities);
    v128.store(dS, f32x4.mul(probabilities, f32x4.sub(v128.load(dS), delta)));
    dS += LANE_BYTES;
  }
}

/** Gradient of `causalAttention`: probabilities are computed again, eight queries at a time. */
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
  factor: f32,
): void {
  const components = padded(headDim);
  const componentBytes = <usize>components << 2;
  const positions = padded(context);
  const rowBytes = (<usize>(nHeads + 2 * nKvHeads) * headDim) << 2;
  const outBytes = (<usize>nHeads * headDim) << 2;
  const headBytes = <usize>headDim << 2;
  const group = nHeads / nKvHeads;
  const panel = positions * componentBytes;
  const lanes = components * LANE_BYTES;

  const keyRows = scratch;
  const valueRows = keyRows + panel;
  const dKeys = valueRows + panel;
  const dValues = dKeys + panel;
  const queries = dValues + panel;
  const dys = queries + lanes;
  const queryRows = dys + lanes;
  const dyRows = queryRows + lanes;
  const dQueries = dyRows + lanes;
  const p = dQueries + lanes;
  const dS = p + positions * LANE_BYTES;
  const lses = dS + positions * LANE_BYTES;
  const deltas = lses + LANE_BYTES;

  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < nHeads; head++) {
      const sequence = <usize>b * context;
      const key = sequence * rowBytes + (nHeads + head / group) * headBytes;
      if (head % group === 0) {
        packRows(keyRows, qkv + key, rowBytes, context, positions, headDim);
        packRows(valueRows, qkv + key + nKvHeads * headBytes, rowBytes, context, positions, headDim);
        memory.fill(dKeys, 0, 2 * panel);
      }
      for (let t = 0; t < context; t += 8) {
        const count = min(8, context - t);
        const keys = t + 8;
        const query = (sequence + t) * rowBytes + head * headBytes;
        const outAt = (sequence + t) * outBytes + head * headBytes;
        packRows(queryRows, qkv + query, rowBytes, count, 8, headDim);
        scale(queryRows, 8 * components, factor);
        packLanes(queries, queryRows, componentBytes, 8, components);
        packRows(dyRows, dy + outAt, outBytes, count, 8, headDim);
        packLanes(dys, dyRows, componentBytes, 8, components);
        for (let lane = 0; lane < 8; lane++) {
          // Lanes without a query get probabilities of zero.
          let lse: f32 = -MASKED;
          let delta: f32 = 0;
          if (lane < count) {
            lse = load<f32>(logSumExp + (((sequence + t + lane) * nHeads + head) << 2));
            const dyAt = dyRows + lane * componentBytes;
            const from = out + outAt + lane * outBytes;
            for (let d = 0; d < headDim; d++) delta += load<f32>(dyAt + (d << 2)) * load<f32>(from + (d << 2));
          }
          store<f32>(lses + (lane << 2), lse);
          store<f32>(deltas + (lane << 2), delta);
        }
        multiply8(p, keyRows, componentBytes, 4, queries, keys, components);
        mask(p, t, keys);
        multiply8(dS, valueRows, componentBytes, 4, dys, keys, components);
        probabilitiesAndGrads(p, dS, keys, v128.load(lses), v128.load(deltas));
        probabilitiesAndGrads(p + 16, dS + 16, keys, v128.load(lses, 16), v128.load(deltas, 16));
        accumulate8(dValues, p, dyRows, keys, components);
        accumulate8(dKeys, dS, queryRows, keys, components);
        multiply8(dQueries, keyRows, 4, componentBytes, dS, components, keys);
        scale(dQueries, 8 * components, factor);
        transpose(dqkv + query, rowBytes, dQueries, LANE_BYTES, headDim, count);
      }
      if (head % group === group - 1) {
        unpackRows(dqkv + key, rowBytes, dKeys, componentBytes, context, headBytes);
        unpackRows(dqkv + key + nKvHeads * headBytes, rowBytes, dValues, componentBytes, context, headBytes);
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
