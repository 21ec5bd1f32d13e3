import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { injectFaults } from '../../../test/faulty-fs.ts';
import { defaultConfig } from '../../config/train-config.ts';
import { checkpointSteps } from '../../run/checkpoint-folders.ts';
import { readCheckpoint } from '../../run/read-checkpoint.ts';
import { createRun, openRun } from '../../run/run-folder.ts';
import { writeCheckpoint } from '../../run/write-checkpoint.ts';
import { downloadRun, uploadRun } from './hand-over-run.ts';

const root = mkdtempSync(join(tmpdir(), 'nibble-hand-over-'));
afterAll(() => rmSync(root, { recursive: true }));

/** What of Redis a file needs. */
function redisInMemory(): Redis {
  const values = new Map<string, Buffer>();
  return {
    set: async (key: string, value: Buffer) => values.set(key, Buffer.from(value)),
    getBuffer: async (key: string) => values.get(key) ?? null,
  } as unknown as Redis;
}

function makeRun(dir: string): void {
  const record = { config: defaultConfig, versions: {}, backend: 'wasm', adapter: {} };
  createRun(dir, record, { 'tokenizer.json': '{}' });
  const tensors = new Map([['w', { shape: [4], values: new Float32Array(4).fill(7) }]]);
  writeCheckpoint(dir, 10, { tensors, optimizer: new Map(), state: { step: 10 } });
}

describe('downloadRun', () => {
  it('has all of the run on the disk before Redis may forget it', async () => {
    const [worker, dir] = [join(root, 'worker', 'run'), join(root, 'results', 'run')];
    makeRun(worker);
    cpSync(worker, dir, { recursive: true });
    const client = redisInMemory();
    const result = await uploadRun(client, 'run', worker, 'done');
    expect(result.files.map(({ path }) => path)).toContain('checkpoints/step-000010/model.safetensors');

    // What a power cut would lose: files and folders that were changed and not waited for.
    const incoming = join(root, 'results', '.tmp-in-run');
    const unsynced = new Set<string>();
    let unsyncedInPlace: string[] = [];
    const restore = injectFaults(join(root, 'results'), ({ name, path }) => {
      if (name === 'renameSync' && path === incoming) {
        unsyncedInPlace = [...unsynced].filter((changed) => changed.startsWith(incoming));
      }
      if (name === 'fsyncSync' || name === 'rmSync') unsynced.delete(path);
      else unsynced.add(name === 'renameSync' ? dirname(path) : path).add(dirname(path));
      return undefined;
    });
    const run = { name: 'run', dir, config: defaultConfig, files: { data: '', tokenizer: null } };
    await downloadRun(client, run, result);
    restore();
    expect(unsyncedInPlace).toEqual([]);
    expect([...unsynced]).toEqual([]);

    expect(openRun(dir).record.config).toEqual(defaultConfig);
    expect(checkpointSteps(dir)).toEqual([10]);
    expect(readCheckpoint(dir, 10).tensors.get('w')!.values[3]).toBe(7);
  });
});
