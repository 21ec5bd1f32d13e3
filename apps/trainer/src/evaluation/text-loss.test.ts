import { createLlama, findModel } from '@nibble-ml/llama';
import { createLinears, findRecipe } from '@nibble-ml/recipes';
import { expectNoLeaks, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { referenceLogProbs } from '../../test/reference-llama.ts';
import { tokensInMemory } from '../data/token-source.ts';
import { evaluate } from '../training/evaluate.ts';
import { textLoss } from './text-loss.ts';

const CONFIG = { ...findModel('nano'), vocabSize: 50, context: 16 };
const text = (length: number, seed: number): Int32Array =>
  Int32Array.from({ length }, (_, i) => (i * i * seed + 3 * i) % 50);
// Ids of an even number stand for two bytes, those of an odd one for one.
const tokenizer = {
  bytesPerId: Uint16Array.from({ length: 50 }, (_, id) => 2 - (id % 2)),
} as unknown as Parameters<typeof evaluate>[0]['tokenizer'];

describe('textLoss', () => {
  beforeAll(() => useBackend('cpu'));
  const { linear } = createLinears(findRecipe('f32'));

  it('is the loss of training on whole windows', async () => {
    const model = createLlama(CONFIG, { seed: 1 });
    const ids = text(4 * 16 + 1, 3);
    const expected = await evaluate({ model, linear, tokens: tokensInMemory(ids), tokenizer, batchSize: 3 });
    const found = await expectNoLeaks(() =>
      textLoss({ model, linear, batchTokens: 40 }, [ids], { tokenizer }),
    );
    expect(found.tokens).toBe(64);
    expect(found.lossNats).toBeCloseTo(expected.lossNats, 5);
    expect(found.bitsPerByte).toBeCloseTo(expected.bitsPerByte, 5);
    model.dispose();
  });

  it('gives each token of each document all that the model can see with a stride of 1', async () => {
    const model = createLlama(CONFIG, { seed: 1 });
    const parameters = new Map<string, Float64Array>();
    for (const [name, value] of model.parameters) parameters.set(name, Float64Array.from(await value.data()));
    const documents = [text(23, 3), text(1, 1), text(9, 7)];
    let [nats, tokens, bytes] = [0, 0, 0];
    for (const ids of documents) {
      for (let t = 1; t < ids.length; t++) {
        nats -= referenceLogProbs(CONFIG, parameters, ids.slice(Math.max(0, t - 16), t)).at(-1)![ids[t]!]!;
        bytes += tokenizer.bytesPerId[ids[t]!]!;
        tokens++;
      }
    }
    const told: number[] = [];
    const found = await textLoss({ model, linear, batchTokens: 64 }, documents, {
      tokenizer,
      stride: 1,
      onProgress: (done) => told.push(done),
    });
    expect(found.tokens).toBe(tokens);
    expect(found.lossNats).toBeCloseTo(nats / tokens, 5);
    expect(found.bitsPerByte).toBeCloseTo(nats / Math.LN2 / bytes, 5);
    expect(told.at(-1)).toBe(tokens);
    model.dispose();
  });

  it('refuses texts without two tokens', async () => {
    const model = createLlama(CONFIG, { seed: 1 });
    await expect(
      textLoss({ model, linear, batchTokens: 64 }, [text(1, 1), text(0, 1)], { tokenizer }),
    ).rejects.toThrow('textLoss: a text must have at least two tokens');
    model.dispose();
  });
});
