import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { outcomeOf } from '../../../apps/trainer/test/fault-run.ts';
import type { Outcome } from '../../../apps/trainer/test/fault-run.ts';
import { defaultConfig } from '../../../apps/trainer/src/config/train-config.ts';
import type { TrainConfig } from '../../../apps/trainer/src/config/train-config.ts';
import { silentObserver } from '../../../apps/trainer/src/training/train-observer.ts';
import type { TrainObserver } from '../../../apps/trainer/src/training/train-observer.ts';
import { trainRun } from '../../../apps/trainer/src/training/train-run.ts';
import type { LabSettings } from '../../../apps/trainer/web/src/engine/capabilities.ts';
import { openEngineBrowser } from './open-engine.ts';
import type { EngineBrowser } from './open-engine.ts';
import { text } from './own-text.ts';
import { exportBytes } from './tab.ts';
import { unzipTo } from './zip-folder.ts';

/** Where there is no browser to test in. */
export const skip: boolean = (process.env['NIBBLE_SKIP_BACKENDS'] ?? '').split(',').includes('browser');

/** A run that takes a second, with every kind of line, and stochastic rounding where a resumed run could go wrong. */
export const settings: LabSettings = {
  model: 'nano',
  recipe: 'quartet',
  vocabSize: 300,
  context: 32,
  batchSize: 2,
  steps: 60,
  learningRate: 2e-3,
  seed: 7,
  evalEvery: 20,
  checkpointEvery: 8,
  sampleEvery: 30,
  sampleTokens: 4,
};

/** One that is caught on the way. */
export const long: LabSettings = { ...settings, steps: 100_000, evalEvery: 0, sampleEvery: 0 };

/** The engine under test, and Node beside it. */
export interface EngineUnderTest {
  readonly browser: EngineBrowser;
  /** A new tab for each test. */
  readonly tab: Page;
  /** For files; removed in the end. */
  readonly folder: string;
  /** Trains {@link settings} in Node, with changes, and returns the run's folder. */
  trainInNode(
    name: string,
    changes?: Partial<TrainConfig>,
    observer?: TrainObserver,
    signal?: AbortSignal,
  ): Promise<string>;
  /** Exports a run of the tab and unzips it. */
  folderOf(run: string): Promise<string>;
  /** What a run of the tab came to. */
  outcomeOf(run: string): Promise<Outcome>;
}

/** Opens a browser for the tests of a file, and a tab for each. */
export function useEngine(): EngineUnderTest {
  const folder = mkdtempSync(path.join(tmpdir(), 'nibble-engine-test-'));
  const data = path.join(folder, 'text.txt');
  writeFileSync(data, text);
  let browser: EngineBrowser;
  let tab: Page;
  beforeAll(async () => {
    browser = await openEngineBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    tab = await browser.openTab();
  });
  afterEach(() => tab.close());
  const folderOf = async (run: string): Promise<string> => {
    const zip = await exportBytes(tab, { run, format: 'run-folder' });
    return unzipTo(path.join(folder, run), zip);
  };
  return {
    get browser() {
      return browser;
    },
    get tab() {
      return tab;
    },
    folder,
    trainInNode: async (
      name,
      changes = {},
      observer = silentObserver,
      signal = new AbortController().signal,
    ) => {
      const out = path.join(folder, name);
      const config = { ...defaultConfig, ...settings, data, backend: 'wasm' as const, out, ...changes };
      await trainRun(config, { observer, signal });
      return out;
    },
    folderOf,
    outcomeOf: async (run) => outcomeOf(await folderOf(run)),
  };
}
