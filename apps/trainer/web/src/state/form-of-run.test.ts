import { describe, expect, it } from 'vitest';
import { labForm } from '../../../test/lab-form.ts';
import { defaultConfig } from '../../../src/config/train-config.ts';
import type { RunSummary } from '../engine/run-summary.ts';
import { formOfRun } from './form-of-run.ts';
import { missingIn } from './form.ts';
import type { FormValues } from './form.ts';

const form: FormValues = { ...labForm, recipe: 'f32', backend: 'webgpu' };
const capabilities = {
  webgpu: { available: true, adapter: 'a GPU', software: false },
  wasm: { available: true, relaxedSimd: true },
} as const;
const run: RunSummary = {
  run: 'a',
  name: 'a',
  createdAt: 0,
  state: { type: 'paused' },
  config: { ...defaultConfig, recipe: 'fp4-paper-k4.5', sampleEvery: 7, batchSize: 2 },
  backend: 'wasm',
  adapter: '',
  parameters: 1,
  step: 0,
  savedStep: 0,
  text: 'own',
  textName: 'whale.txt',
};

describe('formOfRun', () => {
  it('takes over settings, recipe and backend', () => {
    const made = formOfRun(run, capabilities, form);
    expect(made).toMatchObject({ recipe: 'fp4-paper', dgeK: 4.5, sampleEvery: 7, batchSize: 2 });
    expect(made.backend).toBe('wasm');
    const withoutWasm = { ...capabilities, wasm: { available: false, relaxedSimd: false } };
    expect(formOfRun(run, withoutWasm, form).backend).toBe('webgpu');
  });

  it('keeps the text where the form has it, and asks for it where it has not', () => {
    const gone = formOfRun(run, capabilities, form);
    expect([gone.source, missingIn(gone)]).toEqual(['file', expect.stringMatching(/Choose a file/)]);
    const other = formOfRun(run, capabilities, { ...form, file: { name: 'other.txt', text: 'x' } });
    expect(missingIn(other)).toMatch(/Choose a file/);
    const there = formOfRun(run, capabilities, { ...form, file: { name: 'whale.txt', text: 'x' } });
    expect([there.source, missingIn(there)]).toEqual(['file', undefined]);
    const pasted = formOfRun({ ...run, textName: 'pasted text' }, capabilities, form);
    expect([pasted.source, missingIn(pasted)]).toEqual(['paste', expect.stringMatching(/Paste a text/)]);
    expect(formOfRun({ ...run, text: 'default' }, capabilities, pasted).source).toBe('default');
  });
});
