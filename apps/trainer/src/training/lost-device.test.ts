import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testBackends } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultConfig, outcomeOf, writeText } from '../../test/fault-run.ts';
import type { Outcome } from '../../test/fault-run.ts';
import { losingDevice } from '../../test/losing-device.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { checkpointSteps } from '../run/checkpoint-folders.ts';
import { resumeRun } from './resume-run.ts';
import { silentObserver } from './train-observer.ts';
import { trainRun } from './train-run.ts';

const { signal } = new AbortController();

describe.runIf(testBackends.includes('webgpu'))('a GPU device that is lost in the middle of a step', () => {
  let root = '';
  let config: TrainConfig;
  let wanted: Outcome;
  let submits = 0;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'nibble-lost-device-'));
    config = { ...faultConfig, recipe: 'fp4-paper', steps: 4, backend: 'webgpu', data: writeText(root) };
    const watched = losingDevice(Infinity);
    await trainRun({ ...config, out: join(root, 'whole') }, { observer: watched.observer, signal });
    submits = watched.submits();
    wanted = outcomeOf(join(root, 'whole'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('is an error in the words of the GPU, and the run goes on to the same bits', async () => {
    expect(submits).toBeGreaterThan(50);
    const dir = join(root, 'lost');
    // In the third of four steps or so, with a checkpoint behind it.
    const { observer } = losingDevice(Math.floor(0.6 * submits));
    await expect(trainRun({ ...config, out: dir }, { observer, signal })).rejects.toThrow(/device was lost/);
    expect(checkpointSteps(dir)).toEqual([2]);
    await resumeRun(dir, { observer: silentObserver, signal });
    expect(outcomeOf(dir)).toEqual(wanted);
  });
});
