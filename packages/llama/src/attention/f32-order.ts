import { expF32 } from '../kernel/f32-math.ts';
import { attendF32, scaleInto } from './attend-f32.ts';
import { forEachQuery } from './for-each-query.ts';
import type { AttentionAttrs } from './kernel.ts';

const f32 = Math.fround;

/**
 * Causal attention in f32 arithmetic, every operation rounded, in the order of {@link attendF32}, which the wasm and
 * webgpu kernels follow. The accuracy is judged against `attentionReference`; this is the definition of the bits.
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
  forEachQuery(attrs, ({ t, q, k, v, row, head, stride }) => {
    scaleInto(query, qkvME, q);
    const at = row * nHeads + head;
    const [keys, values] = [k, v].map((start) => ({ data: qkvME, start, stride, step: 1 }));
    logSumExp[at] = attendF32(query, keys!, values!, t + 1, weights, out, at * headDim);
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

function dotF32(a: Float32Array, aAt: number, b: Float32Array, bAt: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum = f32(sum + f32(a[aAt + i]! * b[bAt + i]!));
  return sum;
}
