import { mul } from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { createLlama, findModel } from '@nibble-ml/llama';
import type { Llama } from '@nibble-ml/llama';
import { createLinears, findRecipe } from '@nibble-ml/recipes';
import { expectNoLeaks, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { referenceLogProbs } from '../../test/reference-llama.ts';
import { linearModelOf } from '../training/linear-model.ts';
import { dependsOnBatch } from './depends-on-batch.ts';
import { scoreSequences } from './score-sequences.ts';
import type { Scorer } from './score-sequences.ts';
import { sequenceOf } from './sequence.ts';
import type { Sequence, SequenceScore } from './sequence.ts';

const CONFIG = { ...findModel('nano'), vocabSize: 40, context: 48 };

/** Contexts of 1 to 46 tokens, three continuations each of 1 to 5, some of which share rows. */
const SEQUENCES: Sequence[] = Array.from({ length: 6 }, (_, i) => {
  const context = Array.from({ length: 1 + 9 * i }, (__, t) => (t * t * 7 + i) % 40);
  return [1, 3, 5].map((length) =>
    sequenceOf(
      context,
      Array.from({ length }, (__, t) => (i * 5 + t * length) % 40),
      48,
    ),
  );
}).flat();

async function referenceScores(model: Llama): Promise<SequenceScore[]> {
  const parameters = new Map<string, Float64Array>();
  for (const [name, value] of model.parameters) parameters.set(name, Float64Array.from(await value.data()));
  return SEQUENCES.map(({ inputs, targets }) => {
    const rows = referenceLogProbs(CONFIG, parameters, inputs).slice(-targets.length);
    return {
      logLikelihood: rows.reduce((sum, row, i) => sum + row[targets[i]!]!, 0),
      isGreedy: rows.every((row, i) => row.indexOf(Math.max(...row)) === targets[i]),
    };
  });
}

function scaleParameter(parameter: Variable, factor: number): void {
  const scaled = mul(parameter, factor);
  parameter.assign(scaled);
  scaled.dispose();
}

/** A small model with larger weights than a fresh one has, so that it has opinions. */
function opinionated(): Llama {
  const model = createLlama(CONFIG, { seed: 3 });
  for (const parameter of model.parameters.values()) if (parameter.rank === 2) scaleParameter(parameter, 8);
  return model;
}

describe.each(testBackends.filter((name) => name !== 'webgpu'))('scoreSequences on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('agrees with a float64 scorer, and finds the likeliest tokens', async () => {
    const model = opinionated();
    const { linear, dispose } = createLinears(findRecipe('f32'));
    const expected = await referenceScores(model);
    const shares: number[] = [];
    const scores = await expectNoLeaks(() =>
      scoreSequences({ model, linear, batchTokens: 200 }, SEQUENCES, (share) => shares.push(share)),
    );
    for (const [i, { logLikelihood, isGreedy }] of scores.entries()) {
      expect(Math.abs(logLikelihood - expected[i]!.logLikelihood)).toBeLessThan(2e-4);
      expect(isGreedy).toBe(expected[i]!.isGreedy);
    }
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    model.dispose();
    dispose();
  });
});

describe.runIf(testBackends.includes('wasm'))('scoreSequences', () => {
  beforeAll(() => useBackend('wasm'));

  it.each(['f32', 'fp4-paper', 'fp4-g32', 'fp4-tensorwise', 'nvfp4'])(
    'gives the same scores in %s, whatever the size of the batch',
    async (name) => {
      const model = opinionated();
      const recipe = findRecipe(name);
      const linears = createLinears(recipe, { steps: 1, model: linearModelOf(CONFIG) });
      const { linear } = linears;
      const scorer = { model, linear, dependsOnBatch: dependsOnBatch(recipe) };
      const [whole, ...others] = await Promise.all(
        [100_000, 48, 130, 1].map((batchTokens) => scoreSequences({ ...scorer, batchTokens }, SEQUENCES)),
      );
      for (const other of others) {
        for (const [i, { logLikelihood, isGreedy }] of other.entries()) {
          expect(Math.abs(logLikelihood - whole![i]!.logLikelihood)).toBeLessThan(1e-4);
          expect(isGreedy).toBe(whole![i]!.isGreedy);
        }
      }
      model.dispose();
      linears.dispose();
    },
  );

  it('says so when a model has diverged', async () => {
    const model = createLlama(CONFIG, { seed: 3 });
    scaleParameter(model.parameters.get('norm.weight')!, NaN);
    const scorer: Scorer = { model, linear: createLinears(findRecipe('f32')).linear, batchTokens: 100 };
    await expect(scoreSequences(scorer, SEQUENCES)).rejects.toThrow(/one is NaN; the model has diverged/);
    model.dispose();
  });
});
