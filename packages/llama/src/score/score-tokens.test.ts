import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expectNoLeaks, readFloats, readInts, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectWithin } from '../../test/expect-within.ts';
import { referenceLoss } from '../../test/reference-loss.ts';
import { findModel } from '../config/model-zoo.ts';
import { createLlama } from '../model/create-llama.ts';
import type { Llama } from '../model/create-llama.ts';
import { denseLinear } from '../model/dense-linear.ts';
import { scoreTokens } from './score-tokens.ts';

const CONFIG = { ...findModel('nano'), vocabSize: 40, context: 12 };

function ids(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => (i * i * 3 + seed * 11) % 40);
}

/** Float64 negative log-likelihood of the token at `position` of a sequence, from the mean losses of two prefixes. */
async function referenceNats(model: Llama, sequence: readonly number[], position: number): Promise<number> {
  const values = new Map<string, Float64Array>();
  for (const [name, value] of model.parameters) values.set(name, Float64Array.from(await value.data()));
  const total = (count: number): number =>
    count === 0
      ? 0
      : count *
        referenceLoss(
          CONFIG,
          values,
          Int32Array.from(sequence.slice(0, count)),
          Int32Array.from(sequence.slice(1, count + 1)),
          1,
        );
  return total(position) - total(position - 1);
}

// The first run on a machine compiles shaders, with other work beside it.
describe.each(testBackends)('scoreTokens on %s', { timeout: 400_000 }, (backend) => {
  beforeAll(() => useBackend(backend));

  it('gives the likelihoods that float64 gives, whatever pads the sequences', async () => {
    const model = createLlama(CONFIG, { seed: 4 });
    const [long, short] = [ids(12, 1), ids(6, 2)];
    // Tokens 3 and 11 of the long one, 1 and 5 of the short one.
    const rows = tensor1d([2, 10, 12, 16], 'int32');
    const targets = tensor1d([long[3]!, long[11]!, short[1]!, short[5]!], 'int32');
    await expectNoLeaks(async () => {
      for (const padding of [0, 39]) {
        const padded = [...short, ...Array.from({ length: 6 }, () => padding)];
        const tokens = tensor2d([...long, ...padded], [2, 12], 'int32');
        const scored = scoreTokens(model, {
          tokensBT: tokens,
          rowsR: rows,
          targetsR: targets,
          linear: denseLinear,
        });
        const nats = await readFloats(scored.nats);
        const expected = [
          await referenceNats(model, long, 3),
          await referenceNats(model, long, 11),
          await referenceNats(model, short, 1),
          await referenceNats(model, short, 5),
        ];
        expectWithin(nats, expected, 5e-6);
        const logits = model.forward(tokens, denseLinear);
        const values = await readFloats(logits);
        const greatest = [2, 10, 12, 16].map((row) => {
          const own = values.subarray(row * 40, (row + 1) * 40);
          return own.indexOf(Math.max(...own));
        });
        expect([...(await readInts(scored.likeliest))]).toEqual(greatest);
        logits.dispose();
        for (const tensor of [tokens, scored.nats, scored.likeliest]) tensor.dispose();
      }
    });
    for (const tensor of [rows, targets]) tensor.dispose();
    model.dispose();
  });

  // A software adapter takes half a minute to compile the shaders of other sizes.
  it.skipIf(backend === 'webgpu')('gives the likeliest token, of which no other is likelier', async () => {
    const model = createLlama({ ...CONFIG, vocabSize: 700 }, { seed: 4 });
    // Every token as the target of the same row, more than the head takes at once.
    const tokens = tensor2d([5, 6, 7], [1, 3], 'int32');
    const rows = tensor1d(new Int32Array(700).fill(2), 'int32');
    const targets = tensor1d(
      Int32Array.from({ length: 700 }, (_, i) => i),
      'int32',
    );
    await expectNoLeaks(async () => {
      const scored = scoreTokens(model, {
        tokensBT: tokens,
        rowsR: rows,
        targetsR: targets,
        linear: denseLinear,
      });
      const nats = await readFloats(scored.nats);
      const likeliest = await readInts(scored.likeliest);
      expect(new Set(likeliest)).toEqual(new Set([nats.indexOf(Math.min(...nats))]));
      expect(nats.reduce((sum, value) => sum + Math.exp(-value), 0)).toBeCloseTo(1, 4);
      scored.nats.dispose();
      scored.likeliest.dispose();
    });
    for (const tensor of [tokens, rows, targets]) tensor.dispose();
    model.dispose();
  });
});

describe('scoreTokens', () => {
  it('refuses what does not fit', async () => {
    await useBackend('cpu');
    const model = createLlama(CONFIG, { seed: 4 });
    const tokensBT = tensor2d(ids(4, 1), [1, 4], 'int32');
    const one = tensor1d([0], 'int32');
    const two = tensor1d([0, 1], 'int32');
    const long = tensor2d(ids(13, 1), [1, 13], 'int32');
    const options = { tokensBT, rowsR: one, targetsR: one, linear: denseLinear };
    expect(() => scoreTokens(model, { ...options, tokensBT: long })).toThrow(
      /sequences must have 1 to 12 tokens, the model's context, but got shape \[1, 13\]/,
    );
    expect(() => scoreTokens(model, { ...options, targetsR: two })).toThrow(
      'scoreTokens: there must be one target for each row, at least one, but got 1 rows and 2 targets',
    );
    for (const tensor of [tokensBT, one, two, long]) tensor.dispose();
    model.dispose();
  });
});
