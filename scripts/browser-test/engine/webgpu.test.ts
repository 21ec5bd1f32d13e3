// A run on a WebGPU adapter (SwiftShader) through all that a visitor may do to it, beside the same run left alone.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLlamaCpp } from '../../../apps/trainer/test/llama-cpp.ts';
import type { LabSettings } from '../../../apps/trainer/web/src/engine/capabilities.ts';
import { expectLlamaCppToAgree } from './agree-with-llama-cpp.ts';
import { exportBytes, lossesOf, refusal, request, startOne, untilState, untilStep } from './tab.ts';
import { settings, skip, useEngine } from './use-engine.ts';

const llamaCpp = skip ? { reason: 'no browser is tested' } : await findLlamaCpp();
/** Of the recipes f32 has the fewest shaders, which SwiftShader compiles slowly. */
const onGpu: LabSettings = { ...settings, recipe: 'f32', steps: 60, evalEvery: 0, sampleEvery: 0 };

describe.skipIf(skip)("the lab's engine on WebGPU in Chromium", () => {
  const engine = useEngine();

  it(
    'pauses, is reloaded, changes tabs and goes on to the same losses, and llama.cpp runs the result',
    { timeout: 180_000 },
    async () => {
      const { tab } = engine;
      const alone = await startOne(tab, 'webgpu', onGpu);
      expect(await untilState(tab, alone, ['done', 'failed'])).toMatchObject({ state: { type: 'done' } });
      const wanted = lossesOf(await request(tab, 'openRun', { run: alone }));

      const run = await startOne(tab, 'webgpu', onGpu);
      await untilStep(tab, run, 2);
      const paused = await request(tab, 'pauseRun', { run });
      expect(paused).toMatchObject({ state: { type: 'paused' }, backend: 'webgpu' });
      await request(tab, 'resumeRun', { run });
      await untilStep(tab, run, paused.step + 1);
      await tab.reload();
      await tab.waitForFunction('window.enginePage');
      await request(tab, 'resumeRun', { run });
      await untilStep(tab, run, paused.step + 2);

      const second = await engine.browser.openTab();
      expect(await refusal(second, 'resumeRun', { run })).toMatchObject({ kind: 'in-use' });
      await request(tab, 'pauseRun', { run });
      await request(second, 'resumeRun', { run });
      expect(await untilState(second, run, ['done', 'failed'])).toMatchObject({ state: { type: 'done' } });
      await second.close();
      const losses = lossesOf(await request(tab, 'openRun', { run }));
      expect(losses).toEqual(wanted);

      if ('reason' in llamaCpp) return;
      const file = path.join(engine.folder, 'model.gguf');
      writeFileSync(file, await exportBytes(tab, { run, format: 'gguf', type: 'F32' }));
      await expectLlamaCppToAgree(llamaCpp.llama, file, await engine.folderOf(run));
    },
  );
});
