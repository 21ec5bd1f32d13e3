import { nn, numpy as np } from '@jax-js/jax';
import type { StepModel } from '../../step/model.ts';

/** Constants of a batch, which a compiled step takes as arguments. */
export type Inputs = {
  /** Token ids `[M]`, M = batch · context. */
  tokens: np.Array;
  /** One-hot targets `[M, V]`. */
  targets: np.Array;
  /** Rotary tables `[context, 1, headDim]`. */
  cos: np.Array;
  sin: np.Array;
};

/**
 * The mean cross-entropy in nats. Weights are stored `[in, out]`, in the order of `stepParameters`.
 *
 * jax-js counts references: each argument is consumed, `.ref` is one more use.
 */
export function loss(model: StepModel, parameters: readonly np.Array[], inputs: Inputs): np.Array {
  const { blocks, heads, headDim, batch, context, width, ffn, normEpsilon } = model;
  const queue = [...parameters];
  const next = (): np.Array => queue.shift()!;

  const norm = (x: np.Array): np.Array => {
    const meanSquare = np.mean(np.square(x.ref), -1, { keepdims: true });
    return x.div(np.sqrt(meanSquare.add(normEpsilon))).mul(next());
  };
  const rotate = (x: np.Array): np.Array => {
    const half = headDim / 2;
    const first = x.ref.slice([], [], [], [0, half]);
    const second = x.ref.slice([], [], [], [half, headDim]);
    const turned = np.concatenate([second.neg(), first], -1);
    return x.mul(inputs.cos.ref).add(turned.mul(inputs.sin.ref));
  };
  const attention = (qkv: np.Array): np.Array => {
    const part = (x: np.Array, index: number): np.Array =>
      x.slice([], [index * width, (index + 1) * width]).reshape([batch, context, heads, headDim]);
    const q = rotate(part(qkv.ref, 0));
    const k = rotate(part(qkv.ref, 1));
    const v = part(qkv, 2);
    return nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([batch * context, width]);
  };
  let x = np.take(next(), inputs.tokens, 0);
  for (let block = 0; block < blocks; block++) {
    const qkv = np.matmul(norm(x.ref), next());
    x = x.add(np.matmul(attention(qkv), next()));
    const gateUp = np.matmul(norm(x.ref), next());
    const gate = gateUp.ref.slice([], [0, ffn]);
    const up = gateUp.slice([], [ffn, 2 * ffn]);
    x = x.add(np.matmul(nn.silu(gate).mul(up), next()));
  }
  const logits = np.matmul(norm(x), next());
  inputs.cos.dispose();
  inputs.sin.dispose();
  const chosen = nn.logSoftmax(logits, -1).mul(inputs.targets);
  return np.sum(chosen).mul(-1 / (batch * context));
}
