import { tensor } from '@tensorflow/tfjs-core';
import { createLlama, findModel } from '@nibble-ml/llama';
import type { Llama } from '@nibble-ml/llama';
import { loadTokenizer } from '../src/tokenizer/load-tokenizer.ts';
import type { Tokenizer } from '../src/tokenizer/tokenizer.ts';
import { trainBpe } from '../src/tokenizer/train-bpe.ts';

/** A model whose every opinion is known, on the bytes of a text. */
export interface BigramModel {
  readonly model: Llama;
  readonly tokenizer: Tokenizer;
}

/**
 * Makes a model that after each character of `cycle` all but expects the next one (after the last the first), and after
 * any other has no opinion. Its blocks add nothing, so a token's embedding goes to the head as it is.
 */
export function createBigramModel(cycle: string, context: number): BigramModel {
  const tokenizer = loadTokenizer(trainBpe('unused', { vocabSize: 257 }));
  const { vocabSize } = tokenizer;
  // One component for each token, so that embeddings are orthogonal; an even number in each head.
  const dim = 264;
  const config = {
    ...findModel('nano'),
    nLayers: 1,
    nHeads: 2,
    nKvHeads: 1,
    ffnDim: 8,
    vocabSize,
    dim,
    context,
  };
  const model = createLlama(config, { seed: 1 });
  const put = (name: string, fill: (values: Float32Array) => void): void => {
    const parameter = model.parameters.get(name)!;
    const values = new Float32Array(parameter.size);
    fill(values);
    const value = tensor(values, parameter.shape, 'float32');
    parameter.assign(value);
    value.dispose();
  };
  put('blocks.0.attention.output.weight', () => {});
  put('blocks.0.mlp.down.weight', () => {});
  put('embedding.weight', (values) => {
    for (let id = 0; id < vocabSize; id++) values[id * dim + id] = 1;
  });
  const ids = tokenizer.encode(cycle);
  put('head.weight', (values) => {
    for (const [i, id] of ids.entries()) values[ids[(i + 1) % ids.length]! * dim + id] = 1;
  });
  return { model, tokenizer };
}
