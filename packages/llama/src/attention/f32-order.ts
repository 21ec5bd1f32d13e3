import { expF32, logF32 } from '../kernel/f32-math.ts';
import { forEachQuery } from './for-each-query.ts';
import type { AttentionAttrs } from './kernel.ts';

const f32 = Math.fround;

/**
 * Causal attention in f32 arithmetic, every operation rounded, in the order that the wasm and webgpu kernels follow:
 * queries scaled first; inner products and sums over j one term after the other; the sum of the weights
 * `exp(score − greatest)` in four interleaved parts. The accuracy is judged against `attentionReference`; this is the
 * definition of the bits.
 */
export function attentionF32(
  qkvME: Float32Array,
  attrs: AttentionAttrs,
): { out: Float32Array; logSumExp: Float32Array } {
  const { batch, context, nHeads, headDim } = attrs;
  const out = new Float32Array(batch * context * nHeads * headDim);
  const logSumExp = new Float32Array(batch * context * nHeads);
  const query = new Float32Array(headDim);
  const weights = new Float32Array(context);
  const sums = new Float32Array(4);
  forEachQuery(attrs, ({ t, q, k, v, row, head, stride }) => {
    scaleInto(query, qkvME, q);
    let greatest = -Infinity;
    for (let j = 0; j <= t; j++) {
      weights[j] = dotF32(query, 0, qkvME, k + j * stride, headDim);
      greatest = Math.max(greatest, weights[j]!);
    }
    sums.fill(0);
    for (let j = 0; j <= t; j++) {
      weights[j] = expF32(f32(weights[j]! - greatest));
      sums[j & 3]! += weights[j]!;
    }
    const sum = f32(f32(sums[0]! + sums[1]!) + f32(sums[2]! + sums[3]!));
    logSumExp[row * nHeads + head] = greatest + logF32(sum);
    const o = (row * nHeads + head) * headDim;
    for (let j = 0; j <= t; j++) {
      for (let d = 0; d < headDim; d++) out[o + d]! += f32(weights[j]! * qkvME[v + j * stride + d]!);
    }
    const inverseSum = f32(1 / sum);
    for (let d = 0; d < headDim; d++) out[o + d]! *= inverseSum;
  });
  return { out, logSumExp };
}

/**
 * Gradient of {@link attentionF32}, in f32 arithmetic of fixed order: those of keys and values are sums over the query
 * heads of their group, and in each over the positions.
 */
export function attentionGradF32(
  dy: Float32Array,
  qkvME: Float32Array,
  out: Float32Array,
  logSumExp: Float32Array,
  attrs: AttentionAttrs,
): Float32Array {
  const { nHeads, headDim } = attrs;
  const dqkv = new Float32Array(qkvME.length);
  const query = new Float32Array(headDim);
  const scale = f32(1 / Math.sqrt(headDim));
  forEachQuery(attrs, ({ t, q, k, v, row, head, stride }) => {
    scaleInto(query, qkvME, q);
    const o = (row * nHeads + head) * headDim;
    const delta = dotF32(dy, o, out, o, headDim);
    for (let j = 0; j <= t; j++) {
      const [kj, vj] = [k + j * stride, v + j * stride];
      const score = dotF32(query, 0, qkvME, kj, headDim);
      const probability = expF32(f32(score - logSumExp[row * nHeads + head]!));
      const dScore = f32(probability * f32(dotF32(dy, o, qkvME, vj, headDim) - delta));
      for (let d = 0; d < headDim; d++) {
        dqkv[q + d]! += f32(dScore * qkvME[kj + d]!);
        dqkv[kj + d]! += f32(dScore * query[d]!);
        dqkv[vj + d]! += f32(probability * dy[o + d]!);
      }
    }
    for (let d = 0; d < headDim; d++) dqkv[q + d]! *= scale;
  });
  return dqkv;
}

function scaleInto(query: Float32Array, qkvME: Float32Array, q: number): void {
  const scale = f32(1 / Math.sqrt(query.length));
  for (let d = 0; d < query.length; d++) query[d] = qkvME[q + d]! * scale;
}

function dotF32(a: Float32Array, aAt: number, b: Float32Array, bAt: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum = f32(sum + f32(a[aAt + i]! * b[bAt + i]!));
  return sum;
}
