import { expectNoLeaks, useBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallRuns } from '../../test/small-run.ts';
import type { SmallRuns } from '../../test/small-run.ts';
import { ownValidation } from '../evaluation/own-validation.ts';
import { evaluate } from './evaluate.ts';
import { loadTrained } from './load-trained.ts';

let runs: SmallRuns;
beforeAll(() => {
  runs = smallRuns();
});
afterAll(() => runs.remove());

describe('evaluate', () => {
  it('lets others in after each batch, to the same bits', async () => {
    let isEnding = false;
    let turns = 0;
    const countTurns = (): void => {
      if (!isEnding) return;
      turns++;
      setImmediate(countTurns);
    };
    const { dir, done } = await runs.train(
      'evaluated',
      { recipe: 'f32', steps: 2, checkpointEvery: 2 },
      {
        observer: {
          checkpoint: () => {
            isEnding = true;
            countTurns();
          },
          done: () => {
            isEnding = false;
          },
        },
      },
    );
    await useBackend('wasm');
    const { model, linears, tokenizer } = loadTrained(dir);
    const tokens = await ownValidation(dir, { note: () => {}, signal: new AbortController().signal });
    const options = { model, linear: linears.linear, tokens, tokenizer, batchSize: 2 };
    const alone = await evaluate(options);
    expect(alone.lossNats).toBe(done!.valLoss);
    const batches = Math.ceil(alone.tokens / model.config.context / 2);
    expect(batches).toBeGreaterThan(5);
    expect(turns).toBeGreaterThanOrEqual(batches);
    let settled = 0;
    await expectNoLeaks(async () => {
      const nextTurn = async (settle: () => Promise<void>): Promise<void> => {
        // Every other time, as when a slice is not over yet.
        if (settled % 2 === 0) await settle();
        settled++;
      };
      expect(await evaluate({ ...options, nextTurn })).toEqual(alone);
    });
    expect(settled).toBe(batches);
    linears.dispose();
    model.dispose();
  });
});
