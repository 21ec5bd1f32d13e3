import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { readFloats, useBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawWeights, smallLlama, writeModel } from '../../test/hugging-face-model.ts';
import { runNibbleHere } from '../../test/run-nibble-here.ts';
import { exportHuggingFace } from '../hugging-face/export-hugging-face.ts';
import { importHuggingFace } from '../hugging-face/import-hugging-face.ts';
import { openRun } from '../run/run-folder.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { loadTrained } from '../training/load-trained.ts';

const text = 'the whale, the whale; the sea, and the ship on the sea.\n'.repeat(200);
// As Llama 3.2: scaled angles, tied embeddings, far more positions than anybody trains on here.
const config = {
  ...smallLlama,
  max_position_embeddings: 131_072,
  tie_word_embeddings: true,
  rope_theta: 500_000,
  rope_scaling: {
    rope_type: 'llama3',
    factor: 32,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  },
};

const tokenizerConfig = '{"chat_template":"{{ messages }}","tokenizer_class":"PreTrainedTokenizerFast"}';

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-import-cli-'));
  writeFileSync(join(cwd, 'text.txt'), text);
  writeModel(join(cwd, 'tiny-llama'), {
    config,
    tensors: drawWeights(config, 'BF16', 1),
    dtype: 'BF16',
    tokenizerJson: JSON.stringify(trainBpe(text, { vocabSize: 270 })),
    shards: 2,
  });
  writeFileSync(join(cwd, 'tiny-llama', 'tokenizer_config.json'), tokenizerConfig);
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** Runs a command that must succeed. Returns what it printed. */
async function nibble(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runNibbleHere(...args);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  return stdout;
}

/** The loss of a run's model in float32 on the beginning of the text. */
async function lossOf(run: string): Promise<number> {
  const { model, linears, tokenizer } = loadTrained(join(cwd, run), 'f32');
  const ids = tokenizer.encode(text).subarray(0, 8 * 65);
  const shifted = (by: number): Tensor2D =>
    tensor2d(
      Int32Array.from({ length: 8 * 64 }, (_, i) => ids[Math.floor(i / 64) * 65 + (i % 64) + by]!),
      [8, 64],
      'int32',
    );
  const [loss] = await readFloats(tidy(() => model.loss(shifted(0), shifted(1), linears.linear)));
  linears.dispose();
  model.dispose();
  return loss!;
}

describe('nibble import', { timeout: 120_000 }, () => {
  it('makes a run that is evaluated, sampled, fine-tuned in FP4 and exported', async () => {
    const run = join(cwd, 'base');
    const imported = JSON.parse(
      await nibble('import', join(cwd, 'tiny-llama'), '--out', run, '--context', '64', '--json'),
    ) as object;
    expect(imported).toMatchObject({ run, context: 64, tensors: { BF16: 20 } });

    await useBackend('wasm');
    const before = await lossOf('base');

    const flags = ['--steps', '30', '--batch-size', '4', '--learning-rate', '0.01', '--sample-tokens', '4'];
    const data = ['--data', join(cwd, 'text.txt'), '--backend', 'wasm', '--out', join(cwd, 'tuned')];
    await nibble('train', '--init', run, '--recipe', 'fp4-paper', ...flags, ...data);
    const { record } = openRun(join(cwd, 'tuned'));
    // The shape of the model is kept, the window is the run's.
    expect(record.modelConfig).toEqual(openRun(run).record.modelConfig);
    expect(record.modelConfig?.context).toBe(131_072);
    expect(record.config.context).toBe(64);

    exportHuggingFace(join(cwd, 'tuned'), join(cwd, 'exported'), { dtype: 'bf16' });
    expect(readFileSync(join(cwd, 'exported', 'tokenizer_config.json'), 'utf8')).toBe(tokenizerConfig);
    importHuggingFace(join(cwd, 'exported'), { out: join(cwd, 'again'), context: 64 });
    expect(openRun(join(cwd, 'again')).record.modelConfig).toEqual({
      ...record.modelConfig,
      name: 'exported',
    });
    expect(await lossOf('again')).toBeLessThan(before - 1);
  });

  it('says how to train a run that was imported', async () => {
    importHuggingFace(join(cwd, 'tiny-llama'), { out: join(cwd, 'untrained') });
    const { code, stderr } = await runNibbleHere('train', '--resume', join(cwd, 'untrained'));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: .* was imported from .*tiny-llama, Hugging Face; nibble train --init .*untrained/,
    );
  });

  it('says what is wrong, and leaves nothing', async () => {
    const { code, stderr } = await runNibbleHere('import', join(cwd, 'nowhere'), '--out', join(cwd, 'never'));
    expect(code).toBe(1);
    expect(stderr).toContain('nowhere must be a folder, but it is not; check the path');
    expect(readdirSync(cwd)).not.toContain('never');
  });
});
