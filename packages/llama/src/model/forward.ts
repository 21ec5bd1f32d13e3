import { dispose, reshape, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { rotaryAttention } from '../attention/rotary-attention.ts';
import { checkpoint } from '../autodiff/checkpoint.ts';
import { isRecording } from '../autodiff/tape.ts';
import { headDimOf } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { embedding } from '../embedding/embedding.ts';
import { residualAdd } from '../residual-add/residual-add.ts';
import { normOfSum, residualRmsNorm } from '../rms-norm/residual-rms-norm.ts';
import { swiglu } from '../swiglu/swiglu.ts';
import type { Checkpointing } from './checkpointing.ts';
import { headLoss } from './head-loss.ts';
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
  const attention = blockAttention(model.config, tokensBT);
  return tidy(() =>
    headLogits(model, forwardHidden(model, reshape(tokensBT, [-1]), linear, attention), linear),
  );
}

/** Mean cross-entropy in nats of token ids int32 `[B, T]` and the ids that follow them. */
export function forwardLoss(
  model: ModelWeights,
  tokensBT: Tensor2D,
  targetsBT: Tensor2D,
  linear: LinearOp,
  checkpointing: Checkpointing,
): Scalar {
  const attention = blockAttention(model.config, tokensBT);
  return tidy(() => {
    const normed = forwardBlocks(model, reshape(tokensBT, [-1]), linear, attention, checkpointing);
    return headLoss(normed, headOf(model), reshape(targetsBT, [-1]), linear);
  });
}

/** What the head is given, `[M, D]`, of tokens int32 `[M]` with an attention of the caller's. */
export function forwardHidden(
  model: ModelWeights,
  tokensM: Tensor1D,
  linear: LinearOp,
  attention: BlockAttention,
): Tensor2D {
  return forwardBlocks(model, tokensM, linear, attention, 'none');
}

/** Logits `[M, V]` of rows that {@link forwardHidden} gave. */
export function headLogits(model: ModelWeights, hiddenMD: Tensor2D, linear: LinearOp): Tensor2D {
  return linear(hiddenMD, headOf(model), { role: 'head', block: null });
}

/** The attention of token ids `[B, T]`, each sequence from position 0. */
export function blockAttention(config: LlamaConfig, { shape: [batch, context] }: Tensor2D): BlockAttention {
  const { nHeads, nKvHeads, ropeTheta: theta, ropeScaling: scaling } = config;
  const heads = { nHeads, nKvHeads, headDim: headDimOf(config), context };
  return (qkvME) => rotaryAttention(qkvME, { ...heads, batch, theta, scaling });
}

function headOf(model: ModelWeights): Tensor2D {
  return parameter<Tensor2D>(model, model.config.tiedEmbeddings ? 'embedding.weight' : 'head.weight');
}

/** Embedding, blocks and final norm around an attention. */
function forwardBlocks(
  model: ModelWeights,
  tokensM: Tensor1D,
  linear: LinearOp,
  attention: BlockAttention,
  checkpointing: Checkpointing,
): Tensor2D {
  let stream: Stream = [embedding(tokensM, parameter<Tensor2D>(model, 'embedding.weight'))];
  for (let block = 0; block < model.config.nLayers; block++) {
    const before = stream;
    const run = (from: Stream): Stream => forwardBlock(model, from, block, linear, attention);
    // What no gradient saves is freed as soon as the block ends.
    stream = tidy(() =>
      checkpointing === 'block' && isRecording()
        ? [
            checkpoint((x) => added(run([x])), before[0], [
              ...blockParameters(model, block),
              ...(linear.parametersOf?.(block) ?? []),
            ]),
          ]
        : run(before),
    );
    dispose(before);
  }
  const [xMD, deltaMD = null] = stream;
  return normOfSum(xMD, deltaMD, parameter<Tensor1D>(model, 'norm.weight'), model.config.normEps);
}

/** The residual stream `[M, D]` as a sum that the next norm makes, since it reads both anyway. */
type Stream = [xMD: Tensor2D, deltaMD?: Tensor2D];

function added([xMD, deltaMD]: Stream): Tensor2D {
  return deltaMD === undefined ? xMD : residualAdd(xMD, deltaMD);
}

function blockParameters({ parameters }: ModelWeights, block: number): Variable[] {
  return [...parameters].flatMap(([name, value]) => (name.startsWith(`blocks.${block}.`) ? [value] : []));
}

function forwardBlock(
  model: ModelWeights,
  before: Stream,
  block: number,
  linear: LinearOp,
  attention: BlockAttention,
): Stream {
  const [xMD, deltaMD = null] = before;
  const { normEps } = model.config;
  const weight = (name: string): Tensor2D => parameter(model, `blocks.${block}.${name}.weight`);
  const gain = (name: string): Tensor1D => parameter(model, `blocks.${block}.${name}.weight`);

  const [stream, normed] = residualRmsNorm(xMD, deltaMD, gain('attention.norm'), normEps);
  const qkvME = linear(normed, weight('attention.qkv'), { role: 'qkv', block });
  const attended = linear(attention(qkvME, block), weight('attention.output'), { role: 'o', block });
  const [middle, middleNormed] = residualRmsNorm(stream, attended, gain('mlp.norm'), normEps);
  const gateUp = linear(middleNormed, weight('mlp.gate_up'), { role: 'fc1', block });
  return [middle, linear(swiglu(gateUp), weight('mlp.down'), { role: 'fc2', block })];
}
