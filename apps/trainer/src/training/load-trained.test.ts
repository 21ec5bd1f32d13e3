import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectNoLeaks, readFloats, useBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSameBits } from '../../test/expect-same-bits.ts';
import { smallRuns } from '../../test/small-run.ts';
import type { SmallRuns } from '../../test/small-run.ts';
import { checkpointFolder } from '../run/checkpoint-folders.ts';
import { readCheckpoint } from '../run/read-checkpoint.ts';
import { writeCheckpoint } from '../run/write-checkpoint.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { loadTrained } from './load-trained.ts';
import { tokenizerForModel } from './tokenizer-for-model.ts';

let runs: SmallRuns;
let dir = '';
beforeAll(async () => {
  await useBackend('wasm');
  runs = smallRuns();
  ({ dir } = await runs.train('base', {
    recipe: 'int4-channel',
    steps: 6,
    checkpointEvery: 2,
    vocabSize: 300,
  }));
});
afterAll(() => runs.remove());

/** Checks that all weights and clip factors are those of a checkpoint. */
async function expectWeightsOf(step: number, options: Parameters<typeof loadTrained>): Promise<void> {
  const { tensors } = readCheckpoint(dir, step);
  await expectNoLeaks(async () => {
    const trained = loadTrained(...options);
    expect(trained.step).toBe(step);
    const parameters = new Map([...trained.model.parameters, ...trained.linears.parameters]);
    expect([...parameters.keys()].toSorted()).toEqual([...tensors.keys()].toSorted());
    for (const [name, parameter] of parameters) {
      const expected = tensors.get(name)!.values as Float32Array;
      expectSameBits(await readFloats(parameter), expected);
    }
    trained.linears.dispose();
    trained.model.dispose();
  });
}

describe('loadTrained', { timeout: 60_000 }, () => {
  it('takes the newest checkpoint, or another step, with the clip factors', async () => {
    await expectWeightsOf(6, [dir]);
    await expectWeightsOf(4, [dir, undefined, 4]);
    expect(() => loadTrained(dir, undefined, 3)).toThrow(
      'must have a checkpoint of step 3, but it has 2, 4, 6',
    );
  });

  it('runs in another precision on demand', () => {
    const { linears, model, tokenizer, stopIds } = loadTrained(dir, 'f32');
    expect(linears.recipe.name).toBe('f32');
    expect([...linears.parameters]).toEqual([]);
    expect(stopIds).toEqual([tokenizer.endOfTextId]);
    linears.dispose();
    model.dispose();
  });

  it('takes the best checkpoint where early stopping has one', async () => {
    const { tensors, optimizer, state } = readCheckpoint(dir);
    const earlyStop = { bestLoss: 1, bestStep: 4, sinceBest: 1 };
    writeCheckpoint(dir, 6, { tensors, optimizer, state: { ...(state as object), earlyStop } });
    await expectWeightsOf(4, [dir]);
    writeCheckpoint(dir, 6, { tensors, optimizer, state });
  });

  it('names the weight that a checkpoint lacks, and leaves no tensor behind', async () => {
    const whole = readCheckpoint(dir);
    const tensors = new Map(whole.tensors);
    tensors.set('norm.weight', { shape: [31], values: new Float32Array(31) });
    writeCheckpoint(dir, 6, { ...whole, tensors });
    await expectNoLeaks(async () => {
      expect(() => loadTrained(dir)).toThrow(
        /loadTrained: .*step-000006 must have norm\.weight in F32 of shape \[32\], but it is F32 of \[31\]/,
      );
      tensors.delete('blocks.1.qkv.clip');
      writeCheckpoint(dir, 6, { ...whole, tensors });
      expect(() => loadTrained(dir)).toThrow(/must have blocks\.1\.qkv\.clip .* but it is missing/);
    });
    writeCheckpoint(dir, 6, whole);
  });

  it('refuses a damaged checkpoint, naming the file and the way out', () => {
    const path = join(checkpointFolder(dir, 6), 'model.safetensors');
    const bytes = readFileSync(path);
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(path, bytes);
    expect(() => loadTrained(dir)).toThrow(
      /step-000006.model\.safetensors does not have the SHA-256 .* step 4 is whole: nibble train --resume/,
    );
    rmSync(path);
    expect(() => loadTrained(dir, undefined, 6)).toThrow(/model\.safetensors is missing/);
  });
});

describe('tokenizerForModel', () => {
  it('gives no text to rows of the model that no token has, and refuses ids beyond them', () => {
    const json: unknown = JSON.parse(readFileSync(join(dir, 'tokenizer.json'), 'utf8'));
    const tokenizer = loadTokenizer(json);
    expect(tokenizerForModel(tokenizer, 300)).toBe(tokenizer);
    const padded = tokenizerForModel(tokenizer, 304);
    const [...ids] = tokenizer.encode('The whale');
    expect(padded.decode([300, ...ids, 303])).toBe('The whale');
    expect(() => padded.decode([304])).toThrow('ids must be 0 to 299, but got 304');
    expect(() => tokenizer.decode([300])).toThrow('ids must be 0 to 299, but got 300');
    expect(padded.encode('The whale')).toEqual(tokenizer.encode('The whale'));
  });
});
