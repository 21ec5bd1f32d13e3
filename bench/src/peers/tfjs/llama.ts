import * as tf from '@tensorflow/tfjs';
import { ropeTables } from '../../step/model.ts';
import type { StepModel } from '../../step/model.ts';

/** The mean cross-entropy in nats of token ids `[M]` and their targets `[M]`, M = batch · context. */
export interface StepLoss {
  readonly loss: (tokensM: tf.Tensor1D, targetsM: tf.Tensor1D) => tf.Scalar;
  /** Frees the tables. */
  readonly dispose: () => void;
}

/** The model in stock TensorFlow.js ops. */
export function createLoss(model: StepModel, parameters: ReadonlyMap<string, tf.Variable>): StepLoss {
  const { vocabulary, blocks, heads, headDim, batch, context, width, normEpsilon } = model;
  const tables = ropeTables(model);
  const cos = tf.tensor2d(tables.cos, [context, headDim]);
  const sin = tf.tensor2d(tables.sin, [context, headDim]);
  // 0 where a token may look, and a large negative number above the diagonal.
  const mask = tf.tidy(() => tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([context, context]), -1, 0)), -1e9));
  const weight = (name: string): tf.Tensor2D => parameters.get(`${name}.weight`)! as unknown as tf.Tensor2D;

  const norm = (x: tf.Tensor2D, name: string): tf.Tensor2D => {
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), normEpsilon));
    return tf.mul(tf.mul(x, scale), weight(name));
  };
  const rotate = (x: tf.Tensor): tf.Tensor => {
    const [first, second] = tf.split(x, 2, -1) as [tf.Tensor, tf.Tensor];
    return tf.add(tf.mul(x, cos), tf.mul(tf.concat([tf.neg(second), first], -1), sin));
  };
  const attention = (qkv: tf.Tensor): tf.Tensor2D => {
    const [q, k, v] = tf
      .split(qkv, 3, -1)
      .map((x) => tf.transpose(tf.reshape(x, [batch, context, heads, headDim]), [0, 2, 1, 3])) as [
      tf.Tensor4D,
      tf.Tensor4D,
      tf.Tensor4D,
    ];
    const scores = tf.mul(tf.matMul(rotate(q), rotate(k), false, true), 1 / Math.sqrt(headDim));
    const out = tf.matMul(tf.softmax(tf.add(scores, mask)), v);
    return tf.reshape(tf.transpose(out, [0, 2, 1, 3]), [batch * context, width]);
  };
  const block = (x: tf.Tensor2D, index: number): tf.Tensor2D => {
    const name = `blocks.${index}`;
    const qkv = tf.matMul(norm(x, `${name}.attention.norm`), weight(`${name}.attention.qkv`));
    const middle: tf.Tensor2D = tf.add(x, tf.matMul(attention(qkv), weight(`${name}.attention.output`)));
    const gateUp = tf.matMul(norm(middle, `${name}.mlp.norm`), weight(`${name}.mlp.gate_up`));
    const [gate, up] = tf.split(gateUp, 2, -1) as [tf.Tensor2D, tf.Tensor2D];
    const hidden = tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);
    return tf.add(middle, tf.matMul(hidden, weight(`${name}.mlp.down`)));
  };
  // tfjs-wasm has no gradient of gather: its UnsortedSegmentSum is missing.
  const embed = (tokensM: tf.Tensor1D): tf.Tensor2D =>
    tf.getBackend() === 'wasm'
      ? tf.matMul(tf.oneHot(tokensM, vocabulary) as tf.Tensor2D, weight('embedding'))
      : tf.gather(weight('embedding'), tokensM);
  return {
    loss(tokensM, targetsM) {
      let x = embed(tokensM);
      for (let index = 0; index < blocks; index++) x = block(x, index);
      const logits = tf.matMul(norm(x, 'norm'), weight('head'));
      return tf.losses.softmaxCrossEntropy(tf.oneHot(targetsM, vocabulary), logits);
    },
    dispose: () => tf.dispose([cos, sin, mask]),
  };
}
