import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findModel } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import { createRun, openRun } from '../run/run-folder.ts';
import type { RunRecord } from '../run/run-record.ts';
import { modelConfigOfRun } from './model-config-of-run.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nibble-model-config-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const record: RunRecord = { config: defaultConfig, versions: {}, backend: 'cpu', adapter: {} };
const llama3: LlamaConfig = {
  ...findModel('nano'),
  headDim: 32,
  ropeScaling: { type: 'llama3', factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalContext: 32 },
};

describe('modelConfigOfRun', () => {
  it('is what the folder says, field by field', () => {
    for (const modelConfig of [findModel('nano'), llama3]) {
      const dir = join(root, modelConfig === llama3 ? 'scaled' : 'plain');
      createRun(dir, { ...record, modelConfig });
      expect(modelConfigOfRun(openRun(dir).record, 256)).toEqual(modelConfig);
    }
  });

  it("is the zoo's in a run that does not say", () => {
    createRun(join(root, 'old'), record);
    const expected = { ...findModel('tiny'), vocabSize: 700, context: defaultConfig.context };
    expect(modelConfigOfRun(openRun(join(root, 'old')).record, 700)).toEqual(expected);
  });

  it('refuses a tokenizer of more tokens than the model has rows', () => {
    expect(modelConfigOfRun({ ...record, modelConfig: llama3 }, 255)).toBe(llama3);
    expect(() => modelConfigOfRun({ ...record, modelConfig: llama3 }, 257)).toThrow(
      'it has 256 and the tokenizer 257 tokens',
    );
  });

  it.each([
    ['"dim": 32', '"dim": "32"', 'modelConfig.dim'],
    ['"nKvHeads": 1', '"nKvHeads": 3', 'modelConfig: LlamaConfig: nHeads must be a multiple of nKvHeads'],
    ['"type": "llama3"', '"type": "dynamic"', 'modelConfig.ropeScaling.type'],
    ['"factor": 8', '"factor": 0.5', 'modelConfig: RopeScaling: factor must be at least 1, but got 0.5'],
    ['"dim": 32', '"dim": 32, "biases": true', 'modelConfig: Unrecognized key: "biases"'],
  ])('names the field that is wrong: %s becomes %s', (from, to, message) => {
    const dir = join(root, 'changed');
    createRun(dir, { ...record, modelConfig: llama3 });
    rmSync(join(dir, 'SHA256SUMS'));
    const path = join(dir, 'config.json');
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
    expect(() => openRun(dir)).toThrow(message);
  });
});
