import { findModel, memorySource, parameterShapes, readGguf, readLlamaMetadata } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import { normalFloats } from '@nibble-ml/testing';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { ggufWeights } from './gguf-weights.ts';
import { modelGguf } from './model-gguf.ts';
import { planGguf } from './plan-gguf.ts';
import { tokenizerMetadata } from './tokenizer-metadata.ts';
import { tokenizerOfGguf } from './tokenizer-of-gguf.ts';

const config = { ...findModel('nano'), vocabSize: 262, nLayers: 1, context: 32 };
const phases = [{ stepsDone: 0, recipe: findRecipe('f32'), isLate: false }];
const shapes = new Map(parameterShapes(config).map(({ name, shape }) => [name, shape]));
const tokenizer = trainBpe('the whale, the whale, the white whale', { vocabSize: 262 });
const { chunks } = modelGguf({
  config,
  plan: planGguf({ config, phases, type: 'MXFP4', weights: 'master', rest: 'Q8_0' }),
  type: 'MXFP4',
  name: 'small',
  metadata: tokenizerMetadata(tokenizer, 262, { bos: null, eos: [0], pad: null }),
  parameter: (name) => {
    const shape = shapes.get(name)!;
    return {
      shape,
      values: normalFloats(
        shape.reduce((product: number, length) => product * length, 1),
        1,
      ),
    };
  },
});
const valid = new Uint8Array(Buffer.concat([...chunks]));
const headerBytes = readGguf(memorySource('valid.gguf', valid)).tensors.get('token_embd.weight')!.offset;

/** All that an import reads; returns what was thrown. */
function readModel(bytes: Uint8Array): unknown {
  try {
    const file = readGguf(memorySource('hostile.gguf', bytes));
    const model = readLlamaMetadata(file);
    const weights = ggufWeights(file, model);
    tokenizerOfGguf(file, model.config.vocabSize);
    for (const parameter of parameterShapes(model.config)) {
      for (const chunk of weights.chunks(parameter)) expect(chunk.length).toBeGreaterThan(0);
    }
  } catch (error) {
    return error;
  }
  return undefined;
}

it('answers any change of a model file with a model or an error that names what is wrong', () => {
  expect(readModel(valid)).toBeUndefined();
  let refused = 0;
  const offsets = fc.oneof(
    { weight: 9, arbitrary: fc.nat(headerBytes - 1) },
    { weight: 1, arbitrary: fc.nat(valid.length - 1) },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(offsets, fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = valid.slice();
      for (const [at, value] of changes) bytes[at] = value;
      const error = readModel(bytes);
      if (error === undefined) return;
      refused++;
      const isNamed = /^(Range|Type)Error$/.test((error as Error).name);
      if (!isNamed || !/^\w+: /.test((error as Error).message)) throw error;
    }),
    { seed: 6, numRuns: 4000 },
  );
  expect(refused).toBeGreaterThan(100);
});
