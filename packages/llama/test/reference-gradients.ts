import { attentionGradReference, attentionReference } from '../src/attention/reference.ts';
import { headDimOf } from '../src/config/llama-config.ts';
import type { LlamaConfig } from '../src/config/llama-config.ts';
import { crossEntropyGradReference, crossEntropyReference } from '../src/cross-entropy/reference.ts';
import { embeddingGradReference, embeddingReference } from '../src/embedding/reference.ts';
import { rmsNormGradReference, rmsNormReference } from '../src/rms-norm/reference.ts';
import { anglesOf } from '../src/rope/angles.ts';
import { ropeReference } from '../src/rope/reference.ts';
import { swigluGradReference, swigluReference } from '../src/swiglu/reference.ts';
import { linear, linearGrad, sum } from './reference-linear.ts';

/** What a block leaves for its gradient. */
interface BlockTape {
  readonly x: Float64Array;
  readonly normed: Float64Array;
  readonly rotated: Float64Array;
  readonly out: Float64Array;
  readonly logSumExp: Float64Array;
  readonly middle: Float64Array;
  readonly middleNormed: Float64Array;
  readonly gateUp: Float64Array;
  readonly product: Float64Array;
}

/** The gradients of a model's loss by every parameter in float64, from the references of the ops and their gradients. */
export function referenceGradients(
  config: LlamaConfig,
  parameters: ReadonlyMap<string, Float64Array>,
  tokens: Int32Array,
  targets: Int32Array,
  batch: number,
): Map<string, Float64Array> {
  const { dim, nHeads, nKvHeads, ffnDim, normEps: eps, ropeTheta, ropeScaling, vocabSize } = config;
  const headDim = headDimOf(config);
  const context = tokens.length / batch;
  const attention = { batch, context, nHeads, nKvHeads, headDim };
  const rope = {
    rotatedHeads: nHeads + nKvHeads,
    headDim,
    context,
    angles: anglesOf(ropeTheta, ropeScaling),
    offset: 0,
  };
  const qkvWidth = (nHeads + 2 * nKvHeads) * headDim;
  const get = (name: string): Float64Array => parameters.get(`${name}.weight`)!;
  const gradients = new Map<string, Float64Array>();
  const put = (name: string, gradient: Float64Array): void => {
    const before = gradients.get(`${name}.weight`);
    gradients.set(`${name}.weight`, before === undefined ? gradient : sum(before, gradient));
  };

  let x = embeddingReference(tokens, get('embedding'), dim);
  const tapes: BlockTape[] = [];
  for (let block = 0; block < config.nLayers; block++) {
    const at = (name: string): Float64Array => get(`blocks.${block}.${name}`);
    const normed = rmsNormReference(x, at('attention.norm'), eps);
    const rotated = ropeReference(linear(normed, at('attention.qkv'), dim), qkvWidth, {
      ...rope,
      direction: 1,
    });
    const { out, logSumExp } = attentionReference(rotated, attention);
    const middle = sum(x, linear(out, at('attention.output'), nHeads * headDim));
    const middleNormed = rmsNormReference(middle, at('mlp.norm'), eps);
    const gateUp = linear(middleNormed, at('mlp.gate_up'), dim);
    const product = swigluReference(gateUp, ffnDim);
    tapes.push({ x, normed, rotated, out, logSumExp, middle, middleNormed, gateUp, product });
    x = sum(middle, linear(product, at('mlp.down'), ffnDim));
  }
  const headName = config.tiedEmbeddings ? 'embedding' : 'head';
  const normed = rmsNormReference(x, get('norm'), eps);
  const logits = linear(normed, get(headName), dim);
  const { logSumExp } = crossEntropyReference(logits, targets, vocabSize);

  const dLogits = crossEntropyGradReference(1, logits, targets, logSumExp, vocabSize);
  const head = linearGrad(dLogits, normed, get(headName), dim);
  put(headName, head.dw);
  const last = rmsNormGradReference(head.dx, x, get('norm'), eps);
  put('norm', last.dgainD);
  let dx = last.dxMD;
  for (let block = config.nLayers - 1; block >= 0; block--) {
    const at = (name: string): Float64Array => get(`blocks.${block}.${name}`);
    const tape = tapes[block]!;
    const down = linearGrad(dx, tape.product, at('mlp.down'), ffnDim);
    const dGateUp = swigluGradReference(down.dx, tape.gateUp, ffnDim);
    const gateUp = linearGrad(dGateUp, tape.middleNormed, at('mlp.gate_up'), dim);
    const middle = rmsNormGradReference(gateUp.dx, tape.middle, at('mlp.norm'), eps);
    const dMiddle = sum(dx, middle.dxMD);
    const output = linearGrad(dMiddle, tape.out, at('attention.output'), nHeads * headDim);
    const dRotated = attentionGradReference(output.dx, tape.rotated, tape.out, tape.logSumExp, attention);
    const dQkv = ropeReference(dRotated, qkvWidth, { ...rope, direction: -1 });
    const qkv = linearGrad(dQkv, tape.normed, at('attention.qkv'), dim);
    const first = rmsNormGradReference(qkv.dx, tape.x, at('attention.norm'), eps);
    dx = sum(dMiddle, first.dxMD);
    put(`blocks.${block}.mlp.down`, down.dw);
    put(`blocks.${block}.mlp.gate_up`, gateUp.dw);
    put(`blocks.${block}.mlp.norm`, middle.dgainD);
    put(`blocks.${block}.attention.output`, output.dw);
    put(`blocks.${block}.attention.qkv`, qkv.dw);
    put(`blocks.${block}.attention.norm`, first.dgainD);
  }
  put('embedding', embeddingGradReference(dx, tokens, vocabSize, dim));
  return gradients;
}
