import * as tf from '@tensorflow/tfjs';
import { headDimOf } from '../src/config/llama-config.ts';
import type { LlamaConfig } from '../src/config/llama-config.ts';

/**
 * The loss of a LLaMA written with stock tfjs ops, one after the other as a textbook has them, and differentiated by
 * stock tfjs: what the fused graph is compared with.
 */
export function plainLoss(
  config: LlamaConfig,
  parameters: ReadonlyMap<string, tf.Variable>,
  tokensBT: tf.Tensor2D,
  targetsBT: tf.Tensor2D,
): tf.Scalar {
  const weight = (name: string): tf.Tensor2D => parameters.get(`${name}.weight`) as unknown as tf.Tensor2D;
  const { vocabSize, normEps } = config;
  const norm = (x: tf.Tensor2D, name: string): tf.Tensor2D => {
    const meanSquare = tf.mean(tf.square(x), 1, true);
    return tf.mul(tf.mul(x, tf.rsqrt(tf.add(meanSquare, normEps))), weight(name)) as tf.Tensor2D;
  };
  const linear = (x: tf.Tensor2D, name: string): tf.Tensor2D => tf.matMul(x, weight(name), false, true);

  let x = tf.gather(weight('embedding'), tf.reshape(tokensBT, [-1]) as tf.Tensor1D) as tf.Tensor2D;
  for (let block = 0; block < config.nLayers; block++) {
    const at = (name: string): string => `blocks.${block}.${name}`;
    const qkv = linear(norm(x, at('attention.norm')), at('attention.qkv'));
    x = tf.add(x, linear(attention(config, qkv, tokensBT.shape), at('attention.output')));
    const gateUp = linear(norm(x, at('mlp.norm')), at('mlp.gate_up'));
    const [gate, up] = tf.split(gateUp, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
    x = tf.add(x, linear(tf.mul(tf.mul(gate, tf.sigmoid(gate)), up) as tf.Tensor2D, at('mlp.down')));
  }
  const logits = linear(norm(x, 'norm'), config.tiedEmbeddings ? 'embedding' : 'head');
  const chosen = tf.mul(tf.oneHot(tf.reshape(targetsBT, [-1]), vocabSize), tf.logSoftmax(logits));
  return tf.neg(tf.mean(tf.sum(chosen, 1)));
}

function attention(config: LlamaConfig, qkv: tf.Tensor2D, [batch, context]: [number, number]): tf.Tensor2D {
  const { nHeads, nKvHeads, ropeTheta } = config;
  const headDim = headDimOf(config);
  const heads = (first: number, count: number): tf.Tensor4D =>
    tf.transpose(
      tf.reshape(tf.slice(qkv, [0, first * headDim], [batch * context, count * headDim]), [
        batch,
        context,
        count,
        headDim,
      ]),
      [0, 2, 1, 3],
    );
  const group = Int32Array.from({ length: nHeads }, (_, head) => Math.floor((head * nKvHeads) / nHeads));
  const shared = (x: tf.Tensor4D): tf.Tensor4D => tf.gather(x, tf.tensor1d(group, 'int32'), 1);
  const query = rotate(heads(0, nHeads), ropeTheta);
  const key = shared(rotate(heads(nHeads, nKvHeads), ropeTheta));
  const value = shared(heads(nHeads + nKvHeads, nKvHeads));
  const later = tf.sub(1, tf.linalg.bandPart(tf.ones([context, context]), -1, 0));
  const scores = tf.div(tf.matMul(query, key, false, true), Math.sqrt(headDim));
  const attended = tf.matMul(tf.softmax(tf.sub(scores, tf.mul(later, 1e9))), value);
  return tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [batch * context, nHeads * headDim]);
}

/** Turns component i and i + headDim / 2 of `[B, H, T, headDim]` by the angle of the position. */
function rotate(x: tf.Tensor4D, theta: number): tf.Tensor4D {
  const [, , context, headDim] = x.shape;
  const angles = tf.tidy(() => {
    const frequencies = tf.pow(theta, tf.mul(tf.range(0, headDim / 2), -2 / headDim));
    return tf.mul(tf.reshape(tf.range(0, context), [context, 1]), frequencies);
  });
  const [low, high] = tf.split(x, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  const [cos, sin] = [tf.cos(angles), tf.sin(angles)];
  return tf.concat(
    [tf.sub(tf.mul(low, cos), tf.mul(high, sin)), tf.add(tf.mul(high, cos), tf.mul(low, sin))],
    3,
  ) as tf.Tensor4D;
}
