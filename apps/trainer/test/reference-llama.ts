import { headDimOf } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';

type Vector = Float64Array;

/**
 * Log-probabilities `[T][V]` of the token after each of a sequence, in float64, as a textbook has a LLaMA: one row after
 * the other, no cache, no fused anything. What evaluation is compared with.
 */
export function referenceLogProbs(
  config: LlamaConfig,
  parameters: ReadonlyMap<string, Vector>,
  ids: ArrayLike<number>,
): Vector[] {
  const { dim, ffnDim, nHeads, nKvHeads, normEps, ropeTheta } = config;
  const headDim = headDimOf(config);
  const weight = (name: string): Vector => parameters.get(`${name}.weight`)!;
  let rows: Vector[] = Array.from(ids, (id) => weight('embedding').slice(id * dim, (id + 1) * dim));
  for (let block = 0; block < config.nLayers; block++) {
    const at = (name: string): Vector => weight(`blocks.${block}.${name}`);
    const qkv = rows.map((row) => product(normed(row, at('attention.norm'), normEps), at('attention.qkv')));
    const head = (t: number, index: number, rotated: boolean): Vector => {
      const values = qkv[t]!.slice(index * headDim, (index + 1) * headDim);
      return rotated ? rotate(values, t, ropeTheta) : values;
    };
    rows = rows.map((row, t) => {
      const attended = new Float64Array(nHeads * headDim);
      for (let h = 0; h < nHeads; h++) {
        const kv = nHeads + Math.floor(h / (nHeads / nKvHeads));
        const query = head(t, h, true);
        const scores = Array.from(
          { length: t + 1 },
          (_, j) => dot(query, head(j, kv, true)) / Math.sqrt(headDim),
        );
        const lse = logSumExp(scores);
        for (let j = 0; j <= t; j++) {
          const value = head(j, kv + nKvHeads, false);
          for (let d = 0; d < headDim; d++) {
            attended[h * headDim + d]! += Math.exp(scores[j]! - lse) * value[d]!;
          }
        }
      }
      return sum(row, product(attended, at('attention.output')));
    });
    rows = rows.map((row) => {
      const gateUp = product(normed(row, at('mlp.norm'), normEps), at('mlp.gate_up'));
      const hidden = Float64Array.from({ length: ffnDim }, (_, i) => {
        const gate = gateUp[i]!;
        return (gate / (1 + Math.exp(-gate))) * gateUp[ffnDim + i]!;
      });
      return sum(row, product(hidden, at('mlp.down')));
    });
  }
  const last = weight(config.tiedEmbeddings ? 'embedding' : 'head');
  return rows.map((row) => {
    const logits = product(normed(row, weight('norm'), normEps), last);
    const lse = logSumExp(logits);
    return logits.map((logit) => logit - lse);
  });
}

function normed(row: Vector, gain: Vector, eps: number): Vector {
  const scale = 1 / Math.sqrt(dot(row, row) / row.length + eps);
  return row.map((value, i) => value * scale * gain[i]!);
}

function product(x: Vector, wNK: Vector): Vector {
  const depth = x.length;
  return Float64Array.from({ length: wNK.length / depth }, (_, n) =>
    dot(x, wNK.subarray(n * depth, (n + 1) * depth)),
  );
}

function rotate(values: Vector, position: number, theta: number): Vector {
  const half = values.length / 2;
  return values.map((value, i) => {
    const angle = position * theta ** (-(i % half) / half);
    const other = i < half ? -values[i + half]! : values[i - half]!;
    return value * Math.cos(angle) + other * Math.sin(angle);
  });
}

function dot(a: Vector, b: Vector): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

function sum(a: Vector, b: Vector): Vector {
  return a.map((value, i) => value + b[i]!);
}

function logSumExp(values: ArrayLike<number>): number {
  const greatest = Math.max(...Array.from(values));
  return (
    greatest + Math.log(Array.from(values, (value) => Math.exp(value - greatest)).reduce((a, b) => a + b))
  );
}
