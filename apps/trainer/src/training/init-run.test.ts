import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallRuns, tensorsOf } from '../../test/small-run.ts';
import type { SmallRun, SmallRuns } from '../../test/small-run.ts';
import { openRun } from '../run/run-folder.ts';
import { readCheckpoint } from '../run/read-checkpoint.ts';
import { settingsOfInit, shapeOfInit } from './init-run.ts';

let runs: SmallRuns;
let base: SmallRun;
beforeAll(async () => {
  runs = smallRuns();
  base = await runs.train('base', { recipe: 'int4-channel', steps: 3, vocabSize: 300 });
});
afterAll(() => runs.remove());

describe('init', { timeout: 60_000 }, () => {
  it('starts from the weights, clip factors, tokenizer and model of a run, with moments and data from the start', async () => {
    const { dir } = await runs.train('started', {
      init: base.dir,
      recipe: 'int4-channel',
      seed: 5,
      steps: 2,
    });
    const [from, at] = [readCheckpoint(base.dir), readCheckpoint(dir, 0)];
    expect([...at.tensors]).toEqual([...from.tensors]);
    expect([...from.tensors.keys()]).toContain('blocks.0.qkv.clip');
    for (const [name, { values }] of at.optimizer)
      expect([name, values.some((value) => value !== 0)]).toEqual([name, false]);
    expect(at.state).toMatchObject({ batcher: { seed: 5, epoch: 0, cursor: 0 } });
    const tokenizer = (run: string): string => readFileSync(join(run, 'tokenizer.json'), 'utf8');
    expect(tokenizer(dir)).toBe(tokenizer(base.dir));
    const { record } = openRun(dir);
    expect(record.modelConfig).toEqual(openRun(base.dir).record.modelConfig);
    expect(record.config).toMatchObject({ init: base.dir, model: 'nano' });
  });

  it('takes another recipe, whose clip factors begin where they always do', async () => {
    const plain = await runs.train('plain', { init: base.dir, recipe: 'fp4-paper', steps: 2 });
    expect([...readCheckpoint(plain.dir, 0).tensors.keys()]).not.toContain('blocks.0.qkv.clip');
    const learned = await runs.train('learned', { init: plain.dir, recipe: 'int4-channel', steps: 1 });
    expect([...readCheckpoint(learned.dir, 0).tensors.get('blocks.0.qkv.clip')!.values]).toEqual([
      Math.fround(0.95),
    ]);
  });

  it('is resumed to the bits of the uninterrupted run, also when its run has gone on', async () => {
    const other = await runs.train('other', { steps: 4, checkpointEvery: 2 });
    const settings = { init: other.dir, steps: 6, checkpointEvery: 2 };
    const whole = await runs.train('init-whole', settings);
    const cut = await runs.train('init-cut', settings, { stopAfter: 3 });
    expect(cut.done).toBeUndefined();
    await runs.resume(cut.dir);
    expect(tensorsOf(cut.dir, 6)).toEqual(tensorsOf(whole.dir, 6));
  });

  it('is meant for a longer context where it is trained on one, and brings its own as the default', () => {
    expect(settingsOfInit(base.dir)).toEqual({ model: 'nano', context: 16 });
    expect([8, 16, 40].map((context) => shapeOfInit(base.dir, context).context)).toEqual([16, 16, 40]);
    expect(shapeOfInit(base.dir, 16).vocabSize).toBe(300);
  });

  it('refuses what is no run', () => {
    expect(() => settingsOfInit(runs.path('gone'))).toThrow(
      /gone must be the folder of a run, but it does not exist/,
    );
  });
});
