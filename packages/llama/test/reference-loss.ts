import { attentionReference } from '../src/attention/reference.ts';
import { headDimOf } from '../src/config/llama-config.ts';
import type { LlamaConfig } from '../src/config/llama-config.ts';
import { crossEntropyReference } from '../src/cross-entropy/reference.ts';
import { embeddingReference } from '../src/embedding/reference.ts';
import { rmsNormReference } from '../src/rms-norm/reference.ts';
import { anglesOf } from '../src/rope/angles.ts';
import { ropeReference } from '../src/rope/reference.ts';
import { swigluReference } from '../src/swiglu/reference.ts';
import { linear, sum } from './reference-linear.ts';

/** The loss of a model in float64, from the references of the ops. */
export function referenceLoss(
  config: LlamaConfig,
  parameters: ReadonlyMap<string, Float64Array>,
  tokens: Int32Array,
  targets: Int32Array,
  batch: number,
): number {
  const { dim, nHeads, nKvHeads, ffnDim, normEps: eps, ropeTheta, ropeScaling, vocabSize } = config;
  const headDim = headDimOf(config);
  const context = tokens.length / batch;
  const qkvWidth = (nHeads + 2 * nKvHeads) * headDim;
  const get = (name: string): Float64Array => parameters.get(`${name}.weight`)!;

  let x = embeddingReference(tokens, get('embedding'), dim);
  for (let block = 0; block < config.nLayers; block++) {
    const at = (name: string): Float64Array => get(`blocks.${block}.${name}`);
    const qkv = linear(rmsNormReference(x, at('attention.norm'), eps), at('attention.qkv'), dim);
    const rotated = ropeReference(qkv, qkvWidth, {
      rotatedHeads: nHeads + nKvHeads,
      headDim,
      context,
      angles: anglesOf(ropeTheta, ropeScaling),
      offset: 0,
      direction: 1,
    });
    const { out } = attentionReference(rotated, { batch, context, nHeads, nKvHeads, headDim });
    const middle = sum(x, linear(out, at('attention.output'), nHeads * headDim));
    const gateUp = linear(rmsNormReference(middle, at('mlp.norm'), eps), at('mlp.gate_up'), dim);
    x = sum(middle, linear(swigluReference(gateUp, ffnDim), at('mlp.down'), ffnDim));
  }
  const head = get(config.tiedEmbeddings ? 'embedding' : 'head');
  const logits = linear(rmsNormReference(x, get('norm'), eps), head, dim);
  return crossEntropyReference(logits, targets, vocabSize).meanLoss;
}
