import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultConfig, fingerprint, outcomeOf, writeText } from '../../test/fault-run.ts';
import type { Outcome } from '../../test/fault-run.ts';
import { fullAt, injectFaults, killAt } from '../../test/faulty-fs.ts';
import type { DiskCall, Fault } from '../../test/faulty-fs.ts';
import { readEvents } from '../../test/read-events.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { checkpointSteps } from '../run/checkpoint-folders.ts';
import { readMetrics } from '../run/metrics.ts';
import { readCheckpoint } from '../run/read-checkpoint.ts';
import { openRun } from '../run/run-folder.ts';
import { resumeRun } from './resume-run.ts';
import { silentObserver } from './train-observer.ts';
import { trainRun } from './train-run.ts';

const signal = new AbortController().signal;
const options = { observer: silentObserver, signal };

let root = '';
let config: TrainConfig;
let whole: string;
let wanted: Outcome;
let calls = 0;
let count = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'nibble-resume-faults-'));
  config = { ...faultConfig, data: writeText(root) };
  whole = join(root, 'whole');
  const restore = injectFaults(root, () => undefined);
  await trainRun({ ...config, out: whole }, options);
  calls = restore();
  wanted = outcomeOf(whole);
});
afterAll(() => rmSync(root, { recursive: true }));

const newFolder = (): string => join(root, `run-${count++}`);

/** Trains a new run under faults, and returns its folder and what was thrown. */
async function trainUnder(
  decide: (call: DiskCall) => Fault | undefined,
): Promise<{ dir: string; error: unknown }> {
  const dir = newFolder();
  const restore = injectFaults(root, decide);
  const error: unknown = await trainRun({ ...config, out: dir }, options).catch((thrown: unknown) => thrown);
  restore();
  return { dir, error };
}

/** Goes on with a run, or begins it where there is none yet, without waiting for the disk. */
async function goOn(dir: string): Promise<void> {
  const isRun = readdirSync(root).includes(dir.slice(root.length + 1));
  const restore = injectFaults(root, () => undefined);
  await (isRun ? resumeRun(dir, options) : trainRun({ ...config, out: dir }, options));
  restore();
}

/** A copy of the finished run as it was after step 4, with two checkpoints. */
function halfway(): string {
  const dir = newFolder();
  cpSync(whole, dir, { recursive: true });
  return dir;
}

describe('a run that is killed', () => {
  it('gives the same outcome twice', async () => {
    const { dir, error } = await trainUnder(() => undefined);
    expect(error).toMatchObject({ steps: 8 });
    expect(outcomeOf(dir)).toEqual(wanted);
    expect(wanted.steps).toHaveLength(8);
    expect(wanted.layers).toHaveLength(3);
  });

  it('at seeded calls on the disk goes on to the bits of the uninterrupted one', async () => {
    const random = seededRandom(11);
    for (const when of ['before', 'half', 'after'] as const) {
      const index = Math.floor(random() * calls);
      const { dir } = await trainUnder(killAt(index, when));
      await goOn(dir);
      expect({ index, when, ...outcomeOf(dir) }).toEqual({ index, when, ...wanted });
    }
  });

  it('before its first checkpoint begins again, and keeps what it had measured', async () => {
    const { dir } = await trainUnder(({ path }) =>
      path.includes('checkpoints') ? killAt(0, 'before')({ index: 0, path, name: 'mkdirSync' }) : undefined,
    );
    expect(checkpointSteps(dir)).toEqual([]);
    const before = readMetrics(dir);
    expect(before.length).toBeGreaterThan(1);
    await resumeRun(dir, options);
    expect(outcomeOf(dir)).toEqual(wanted);
    const aside = join(dir, 'set-aside', '001-after-step-0', 'metrics.jsonl');
    expect(readFileSync(aside, 'utf8').trim().split('\n')).toHaveLength(before.length);
  });

  it('starts from the weights that it took over, though the other run is gone', async () => {
    const other = halfway();
    const init = { ...config, init: other, steps: 4 };
    const reference = newFolder();
    await trainRun({ ...init, out: reference }, options);
    const dir = newFolder();
    const isLater = ({ path }: DiskCall): boolean => path.includes('.tmp-2');
    const restore = injectFaults(dir, (call) =>
      isLater(call) ? killAt(0, 'before')({ ...call, index: 0 }) : undefined,
    );
    await expect(trainRun({ ...init, out: dir }, options)).rejects.toThrow(/killed/);
    restore();
    expect(checkpointSteps(dir)).toEqual([0]);
    rmSync(other, { recursive: true });
    await resumeRun(dir, options);
    expect(outcomeOf(dir)).toEqual(outcomeOf(reference));
  });

  it('refuses a second process while the first one trains', async () => {
    const dir = halfway();
    writeFileSync(join(dir, 'lock'), `${process.ppid}\n`);
    const before = fingerprint(dir);
    await expect(resumeRun(dir, options)).rejects.toThrow(
      new RegExp(`must be free, but process ${process.ppid} trains there`),
    );
    expect(fingerprint(dir)).toEqual(before);
  });
});

describe("TensorBoard's events of a run", () => {
  it('hold every curve, histogram and setting, and are the same after a kill', async () => {
    const events = shownByTensorBoard(whole);
    const tags = [...events.keys()];
    expect(tags).toEqual(
      expect.arrayContaining([
        ...['loss', 'learningRate', 'gradNorm', 'tokensPerSecond'].map((name) => `train/${name}`),
        'validation/loss',
        'validation/bitsPerByte',
        'layers/weights in dB/qkv/block 00',
        'layers/activations in dB/fc2/block 01',
        'weights/o/block 01',
        'config',
      ]),
    );
    expect(events.get('train/loss')).toEqual(
      wanted.steps.map(([step, loss]) => [step, Math.fround(loss as number)]),
    );
    expect(events.get('validation/loss')!.map(([step]) => step)).toEqual([3, 6, 8]);
    expect(events.get('weights/o/block 01')![0]![1]).toBeGreaterThan(0);

    const { dir } = await trainUnder(killAt(Math.floor(calls * 0.7), 'before'));
    await goOn(dir);
    const again = shownByTensorBoard(dir);
    for (const tag of tags.filter((name) => !['train/tokensPerSecond', 'config'].includes(name))) {
      expect([tag, again.get(tag)]).toEqual([tag, events.get(tag)]);
    }
  });
});

/** What TensorBoard shows, by tag: files by name, and after a START nothing that was from its step on. */
function shownByTensorBoard(dir: string): Map<string, [step: number, value: number][]> {
  const shown = new Map<string, [number, number][]>();
  for (const name of readdirSync(dir).toSorted()) {
    if (!name.startsWith('events.')) continue;
    for (const { step, session, values } of readEvents(readFileSync(join(dir, name)))) {
      if (session === 1) {
        for (const [tag, points] of shown)
          shown.set(
            tag,
            points.filter(([at]) => at < step),
          );
      }
      for (const { tag, simpleValue, tensor } of values) {
        const sum = tensor?.content?.reduce((total, value) => total + value, 0);
        const value = simpleValue ?? sum ?? tensor!.strings![0]!.length;
        shown.set(tag, [...(shown.get(tag) ?? []), [step, value]]);
      }
    }
  }
  return shown;
}

describe('a full disk', () => {
  it('at seeded calls is an error in words, and the run goes on to the same bits', async () => {
    const random = seededRandom(5);
    let full = 0;
    for (let i = 0; i < 3; i++) {
      const { dir, error } = await trainUnder(fullAt(Math.floor(random() * calls)));
      full += error instanceof Error && error.message.includes('ENOSPC') ? 1 : 0;
      await goOn(dir);
      expect(outcomeOf(dir)).toEqual(wanted);
    }
    expect(full).toBeGreaterThan(0);
  });
});

describe('going back to an older checkpoint', () => {
  it('by name trains on from there to the same bits, and sets the later ones aside', async () => {
    const dir = halfway();
    expect(checkpointSteps(dir)).toEqual([6, 8]);
    await resumeRun(dir, { ...options, fromStep: 6 });
    expect(outcomeOf(dir)).toEqual(wanted);
    expect(readdirSync(join(dir, 'set-aside', '001-after-step-6')).toSorted()).toEqual([
      'metrics.jsonl',
      'report.html',
      'step-000008',
    ]);
  });

  it('0 begins anew', async () => {
    const dir = halfway();
    await resumeRun(dir, { ...options, fromStep: 0 });
    expect(outcomeOf(dir)).toEqual(wanted);
  });

  it('is the way out when the newest is damaged, and never taken by itself', async () => {
    const dir = halfway();
    const model = join(dir, 'checkpoints', 'step-000008', 'model.safetensors');
    writeFileSync(model, readFileSync(model).subarray(0, 100));
    const before = fingerprint(dir);
    await expect(resumeRun(dir, options)).rejects.toThrow(
      /step-000008\/model\.safetensors has 100 bytes .* nibble train --resume .* --from-step 6/,
    );
    await expect(resumeRun(dir, { ...options, fromStep: 5 })).rejects.toThrow(
      /must have a checkpoint of step 5, but it has 6, 8/,
    );
    expect(fingerprint(dir)).toEqual(before);
    await resumeRun(dir, { ...options, fromStep: 6 });
    expect(outcomeOf(dir)).toEqual(wanted);
    expect(readCheckpoint(dir).step).toBe(8);
  });
});

describe('a file of the run that is torn or changed', () => {
  it('is named, or the run goes on to the same bits; nothing else is touched', async () => {
    const names = Object.keys(fingerprint(whole)).filter((name) => !name.includes('step-000006'));
    const random = seededRandom(9);
    let named = 0;
    for (const name of names) {
      const dir = halfway();
      const path = join(dir, name);
      const bytes = readFileSync(path);
      const at = Math.floor(random() * bytes.length);
      writeFileSync(path, random() < 0.5 ? bytes.subarray(0, at) : bytes.with(at, bytes[at]! ^ 4));
      const before = fingerprint(dir);
      const error: unknown = await resumeRun(dir, options).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      // Either it was found, and nothing was touched, or it does not matter.
      const isNamed = error instanceof Error && error.message.includes(name.split('/').at(-1)!);
      const found = isNamed ? fingerprint(dir) : outcomeOf(dir).checkpoint;
      expect([name, found]).toEqual([name, isNamed ? before : wanted.checkpoint]);
      named += isNamed ? 1 : 0;
    }
    expect(openRun(whole).record.config.steps).toBe(8);
    expect(named).toBeGreaterThan(6);
  });
});
