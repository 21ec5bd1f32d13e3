import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backend } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { seededRandom, testBackends } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultConfig, outcomeOf, writeText } from '../../test/fault-run.ts';
import type { Outcome } from '../../test/fault-run.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { checkpointSteps } from '../run/checkpoint-manifest.ts';
import { resumeRun } from './resume-run.ts';
import { silentObserver } from './train-observer.ts';
import type { TrainObserver } from './train-observer.ts';
import { trainRun } from './train-run.ts';

const LOSSES = 2;
const { signal } = new AbortController();

/** Destroys the device of the run as it submits work for the `lostAt`-th time; counts until then. */
function losingDevice(lostAt: number): { observer: TrainObserver; submits: () => number } {
  let submits = 0;
  const watch = (): void => {
    const { device } = backend() as unknown as GpuBackend;
    const submit = device.queue.submit.bind(device.queue);
    device.queue.submit = (commands) => {
      if (submits++ === lostAt) device.destroy();
      submit(commands);
    };
  };
  return { observer: { ...silentObserver, start: watch }, submits: () => submits };
}

describe.runIf(testBackends.includes('webgpu'))('a GPU device that is lost in the middle of a step', () => {
  let root = '';
  let config: TrainConfig;
  let wanted: Outcome;
  let submits = 0;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'nibble-lost-device-'));
    config = { ...faultConfig, recipe: 'fp4-paper', steps: 5, backend: 'webgpu', data: writeText(root) };
    const watched = losingDevice(Infinity);
    await trainRun({ ...config, out: join(root, 'whole') }, { observer: watched.observer, signal });
    submits = watched.submits();
    wanted = outcomeOf(join(root, 'whole'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('is an error in the words of the GPU, and the run goes on to the same bits', async () => {
    expect(submits).toBeGreaterThan(50);
    const random = seededRandom(3);
    for (let i = 0; i < LOSSES; i++) {
      const dir = join(root, `lost-${i}`);
      // The last submits are of the sample at the end.
      const lostAt = Math.floor(((i + random()) / LOSSES) * submits * 0.9);
      const { observer } = losingDevice(lostAt);
      await expect(trainRun({ ...config, out: dir }, { observer, signal })).rejects.toThrow(
        /device was lost/,
      );
      expect(checkpointSteps(dir).length).toBeLessThanOrEqual(2);
      await resumeRun(dir, { observer: silentObserver, signal });
      expect({ lostAt, ...outcomeOf(dir) }).toEqual({ lostAt, ...wanted });
    }
  });
});
