// Runs and models that leave the lab in a headless Chromium, and come into it.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../apps/trainer/test/fault-run.ts';
import type { Outcome } from '../../../apps/trainer/test/fault-run.ts';
import { findLlamaCpp } from '../../../apps/trainer/test/llama-cpp.ts';
import { ownValidation } from '../../../apps/trainer/src/evaluation/own-validation.ts';
import { exportGguf } from '../../../apps/trainer/src/gguf/export-gguf.ts';
import { importHuggingFace } from '../../../apps/trainer/src/hugging-face/import-hugging-face.ts';
import { readCheckpoint } from '../../../apps/trainer/src/run/read-checkpoint.ts';
import { resumeRun } from '../../../apps/trainer/src/training/resume-run.ts';
import { silentObserver } from '../../../apps/trainer/src/training/train-observer.ts';
import type { TrainObserver } from '../../../apps/trainer/src/training/train-observer.ts';
import { expectLlamaCppToAgree } from './agree-with-llama-cpp.ts';
import { ownText, text } from './own-text.ts';
import {
  exportBytes,
  importBytes,
  importRefusal,
  refusal,
  request,
  startOne,
  untilState,
  untilStep,
} from './tab.ts';
import { settings, skip, useEngine } from './use-engine.ts';
import { unzipTo, zipFolder } from './zip-folder.ts';

const llamaCpp = skip ? { reason: 'no browser is tested' } : await findLlamaCpp();

describe.skipIf(skip)('what the lab exports and imports in Chromium', () => {
  const engine = useEngine();
  let wanted: Outcome;
  beforeAll(async () => {
    wanted = outcomeOf(await engine.trainInNode('node'));
  });

  it('hands a paused run over to Node, which goes on to the same bits', async () => {
    const run = await startOne(engine.tab, 'wasm', settings);
    await untilStep(engine.tab, run, 5);
    expect((await request(engine.tab, 'pauseRun', { run })).step).toBeLessThan(60);
    const dir = await engine.folderOf(run);
    const { signal } = new AbortController();
    await resumeRun(dir, { observer: silentObserver, signal });
    expect(outcomeOf(dir)).toEqual(wanted);
    // `nibble eval` finds the run's own text in its folder.
    expect((await ownValidation(dir, { note: () => {}, signal })).length).toBeGreaterThan(100);
  });

  it('goes on with a run of Node once it is given the text, and with no other text', async () => {
    const controller = new AbortController();
    const observer: TrainObserver = {
      ...silentObserver,
      step: ({ step }) => {
        if (step === 9) controller.abort();
      },
    };
    const stopped = await engine.trainInNode('stopped', {}, observer, controller.signal);
    const { run, ...imported } = await importBytes(engine.tab, zipFolder(stopped));
    expect(imported).toMatchObject({ name: 'stopped', state: { type: 'paused' }, text: 'missing' });
    expect(await refusal(engine.tab, 'resumeRun', { run })).toMatchObject({ kind: 'text-missing' });
    const other = { ...ownText, text: `${text}.` };
    expect(await refusal(engine.tab, 'resumeRun', { run, text: other })).toMatchObject({
      kind: 'text-missing',
    });
    await request(engine.tab, 'resumeRun', { run, text: ownText });
    await untilState(engine.tab, run, ['done', 'failed']);
    expect(await engine.outcomeOf(run)).toEqual(wanted);
  });

  it('exports the files of nibble export, byte for byte, for llama.cpp and Hugging Face', async () => {
    const mxfp4 = { ...settings, recipe: 'mxfp4' };
    const run = await startOne(engine.tab, 'wasm', mxfp4);
    await untilState(engine.tab, run, ['done', 'failed']);
    const dir = await engine.folderOf(run);
    for (const type of ['F32', 'F16', 'BF16', 'Q8_0', 'MXFP4'] as const) {
      const { file } = exportGguf(dir, { type });
      expect(
        Buffer.compare(await exportBytes(engine.tab, { run, format: 'gguf', type }), readFileSync(file)),
      ).toBe(0);
    }
    const refused = await refusal(engine.tab, 'exportRun', { run, format: 'gguf', type: 'NVFP4' });
    expect(refused).toMatchObject({ kind: 'settings' });
    const master = { run, format: 'gguf', type: 'MXFP4', weights: 'master' } as const;
    const { file } = exportGguf(dir, master);
    expect(Buffer.compare(await exportBytes(engine.tab, master), readFileSync(file))).toBe(0);
    const zip = await exportBytes(engine.tab, { run, format: 'safetensors' });
    const imported = path.join(engine.folder, 'imported');
    importHuggingFace(unzipTo(path.join(engine.folder, 'hugging-face'), zip), { out: imported });
    const weights = readCheckpoint(imported).tensors.get('embedding.weight')!.values;
    expect(weights).toEqual(readCheckpoint(dir).tensors.get('embedding.weight')!.values);
  });

  it.skipIf('reason' in llamaCpp)('exports a model that llama.cpp loads and runs', async () => {
    if ('reason' in llamaCpp) throw new Error(llamaCpp.reason);
    const run = await startOne(engine.tab, 'wasm', { ...settings, recipe: 'f32' });
    await untilState(engine.tab, run, ['done', 'failed']);
    const dir = await engine.folderOf(run);
    const file = path.join(engine.folder, 'model.gguf');
    writeFileSync(file, await exportBytes(engine.tab, { run, format: 'gguf', type: 'F32' }));
    await expectLlamaCppToAgree(llamaCpp.llama, file, dir);
  });

  it('refuses a zip and a checkpoint that were changed, and goes back to one that was not', async () => {
    const run = await startOne(engine.tab, 'wasm', settings);
    await untilState(engine.tab, run, ['done', 'failed']);
    const zip = await exportBytes(engine.tab, { run, format: 'run-folder' });
    expect(await importRefusal(engine.tab, zip.subarray(0, 1000))).toMatchObject({ kind: 'damaged' });
    const dir = unzipTo(path.join(engine.folder, 'changed'), zip);
    const config = path.join(dir, 'config.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace('"seed": 7', '"seed": 8'));
    expect(await importRefusal(engine.tab, zipFolder(dir))).toMatchObject({
      kind: 'damaged',
      message: expect.stringContaining('must have the SHA-256') as string,
    });
    await engine.tab.evaluate(async (id) => {
      const root = await navigator.storage.getDirectory();
      const runs = await root.getDirectoryHandle('runs');
      const checkpoints = await (await runs.getDirectoryHandle(id)).getDirectoryHandle('checkpoints');
      const newest = await checkpoints.getDirectoryHandle('step-000060');
      const writer = await (
        await newest.getFileHandle('model.safetensors')
      ).createWritable({ keepExistingData: true });
      await writer.write({ type: 'write', position: 4000, data: new Uint8Array([1, 2, 3]) });
      await writer.close();
    }, run);
    const refused = await refusal(engine.tab, 'resumeRun', { run });
    expect(refused).toMatchObject({ kind: 'damaged', wholeStep: 56 });
    expect(await refusal(engine.tab, 'exportRun', { run, format: 'safetensors' })).toMatchObject({
      kind: 'damaged',
    });
    await engine.tab.evaluate(() => window.enginePage.events.splice(0));
    await request(engine.tab, 'resumeRun', { run, fromStep: 56 });
    await untilState(engine.tab, run, ['done', 'failed']);
    expect(await engine.outcomeOf(run)).toEqual(wanted);
  });
});
