import { reshape, tidy } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { causalAttention } from '../attention/causal-attention.ts';
import { headDimOf } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { embedding } from '../embedding/embedding.ts';
import { residualAdd } from '../residual-add/residual-add.ts';
import { rmsNorm } from '../rms-norm/rms-norm.ts';
import { rope } from '../rope/rope.ts';
import { swiglu } from '../swiglu/swiglu.ts';
import type { LinearOp } from './linear-op.ts';

/** What the passes through a model read of it. */
export interface ModelWeights {
  readonly config: LlamaConfig;
  readonly parameters: ReadonlyMap<string, Variable>;
}

/** Attention of fused, not yet rotated qkv rows of one block: `[M, E]` to `[M, nHeads · headDim]`. */
export type BlockAttention = (qkvME: Tensor2D, block: number) => Tensor2D;

/**
 * The parameter called `name`.
 *
 * @throws RangeError when the model has none of this name
 */
function parameter<Kind extends Tensor1D | Tensor2D>({ parameters }: ModelWeights, name: string): Kind {
  const found = parameters.get(name);
  if (found === undefined) throw new RangeError(`parameter: the model has no parameter ${name}`);
  return found as unknown as Kind;
}

/** Logits `[B · T, V]` of token ids int32 `[B, T]`. Everything between is `[B · T, ·]`. */
export function forward(model: ModelWeights, tokensBT: Tensor2D, linear: LinearOp): Tensor2D {
  const { config } = model;
  const { nHeads, nKvHeads, ropeTheta: theta } = config;
  const [batch, context] = tokensBT.shape;
  const heads = { nHeads, nKvHeads, headDim: headDimOf(config), context };
  return tidy(() =>
    forwardBlocks(model, reshape(tokensBT, [-1]), linear, (qkvME) =>
      causalAttention(rope(qkvME, { ...heads, theta }), { ...heads, batch }),
    ),
  );
}

/** Embedding, blocks, norm and head around an attention. */
export function forwardBlocks(
  model: ModelWeights,
  tokensM: Tensor1D,
  linear: LinearOp,
  attention: BlockAttention,
): Tensor2D {
  let xMD = embedding(tokensM, parameter<Tensor2D>(model, 'embedding.weight'));
  for (let block = 0; block < model.config.nLayers; block++) {
    const before = xMD;
    // What no gradient saves is freed as soon as the block ends.
    xMD = tidy(() => forwardBlock(model, before, block, linear, attention));
    before.dispose();
  }
  const normed = rmsNorm(xMD, parameter<Tensor1D>(model, 'norm.weight'), model.config.normEps);
  const head = parameter<Tensor2D>(model, model.config.tiedEmbeddings ? 'embedding.weight' : 'head.weight');
  return linear(normed, head, { role: 'head', block: null });
}

function forwardBlock(
  model: ModelWeights,
  xMD: Tensor2D,
  block: number,
  linear: LinearOp,
  attention: BlockAttention,
): Tensor2D {
  const { normEps } = model.config;
  const weight = (name: string): Tensor2D => parameter(model, `blocks.${block}.${name}.weight`);
  const gain = (name: string): Tensor1D => parameter(model, `blocks.${block}.${name}.weight`);

  const qkvME = linear(rmsNorm(xMD, gain('attention.norm'), normEps), weight('attention.qkv'), {
    role: 'qkv',
    block,
  });
  const attended = linear(attention(qkvME, block), weight('attention.output'), { role: 'o', block });
  const middle = residualAdd(xMD, attended);
  const gateUp = linear(rmsNorm(middle, gain('mlp.norm'), normEps), weight('mlp.gate_up'), {
    role: 'fc1',
    block,
  });
  const down = linear(swiglu(gateUp), weight('mlp.down'), { role: 'fc2', block });
  return residualAdd(middle, down);
}
