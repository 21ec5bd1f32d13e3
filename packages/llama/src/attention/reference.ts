import type { Floats } from '../kernel/floats.ts';
import { forEachQuery } from './for-each-query.ts';
import type { AttentionAttrs } from './kernel.ts';

/**
 * Causal grouped-query attention (arXiv 2305.13245) in float64. Query head h reads key and value head
 * `floor(h / (nHeads / nKvHeads))`: `out[t] = Σ_{j ≤ t} softmax_j(q[t] · k[j] / sqrt(headDim)) v[j]`.
 *
 * @param qkvME - `[batch · context, (nHeads + 2 nKvHeads) · headDim]`, row-major
 * @returns the outputs `[M, nHeads · headDim]`, and the log-sum-exp of each row's scaled scores `[M, nHeads]`
 */
export function attentionReference(
  qkvME: Floats,
  attrs: AttentionAttrs,
): { out: Float64Array; logSumExp: Float64Array } {
  const { batch, context, nHeads, headDim } = attrs;
  const out = new Float64Array(batch * context * nHeads * headDim);
  const logSumExp = new Float64Array(batch * context * nHeads);
  const scores = new Float64Array(context);
  forEachQuery(attrs, ({ t, q, k, v, row, head, stride }) => {
    let greatest = -Infinity;
    for (let j = 0; j <= t; j++) {
      scores[j] = dot(qkvME, q, qkvME, k + j * stride, headDim) / Math.sqrt(headDim);
      greatest = Math.max(greatest, scores[j]!);
    }
    let sum = 0;
    for (let j = 0; j <= t; j++) sum += Math.exp(scores[j]! - greatest);
    const lse = greatest + Math.log(sum);
    logSumExp[row * nHeads + head] = lse;
    const o = (row * nHeads + head) * headDim;
    for (let j = 0; j <= t; j++) {
      const probability = Math.exp(scores[j]! - lse);
      for (let d = 0; d < headDim; d++) out[o + d]! += probability * qkvME[v + j * stride + d]!;
    }
  });
  return { out, logSumExp };
}

/**
 * Gradient of {@link attentionReference} (arXiv 2205.14135, appendix B.2): the probabilities are computed again from
 * the saved log-sum-exp, and `dS = P ⊙ (dP − rowsum(dO ⊙ O))`.
 */
export function attentionGradReference(
  dy: Floats,
  qkvME: Floats,
  out: Floats,
  logSumExp: Floats,
  attrs: AttentionAttrs,
): Float64Array {
  const { nHeads, headDim } = attrs;
  const dqkv = new Float64Array(qkvME.length);
  const scale = 1 / Math.sqrt(headDim);
  forEachQuery(attrs, ({ t, q, k, v, row, head, stride }) => {
    const o = (row * nHeads + head) * headDim;
    const delta = dot(dy, o, out, o, headDim);
    for (let j = 0; j <= t; j++) {
      const [kj, vj] = [k + j * stride, v + j * stride];
      const score = dot(qkvME, q, qkvME, kj, headDim) * scale;
      const probability = Math.exp(score - logSumExp[row * nHeads + head]!);
      const dScore = probability * (dot(dy, o, qkvME, vj, headDim) - delta) * scale;
      for (let d = 0; d < headDim; d++) {
        dqkv[q + d]! += dScore * qkvME[kj + d]!;
        dqkv[kj + d]! += dScore * qkvME[q + d]!;
        dqkv[vj + d]! += probability * dy[o + d]!;
      }
    }
  });
  return dqkv;
}

function dot(a: Floats, aAt: number, b: Floats, bAt: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aAt + i]! * b[bAt + i]!;
  return sum;
}
