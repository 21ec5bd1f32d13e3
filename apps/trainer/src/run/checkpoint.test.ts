import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointError } from './checkpoint-manifest.ts';
import { writeFileSynced } from './durable-file.ts';
import { openMetrics, readMetrics } from './metrics.ts';
import { latestCheckpoint, readCheckpoint } from './read-checkpoint.ts';
import { rewindRun } from './rewind-run.ts';
import { finishReplacing, writeCheckpoint } from './write-checkpoint.ts';
import { type Checkpoint } from './checkpoint.ts';

const root = mkdtempSync(join(tmpdir(), 'nibble-checkpoint-'));
afterAll(() => rmSync(root, { recursive: true }));

let run = '';
let count = 0;
beforeEach(() => {
  run = join(root, String(count++));
  mkdirSync(run);
});

const at = (step: number): Checkpoint => ({
  tensors: new Map([['w', { dtype: 'F32', shape: [2, 2], values: Float32Array.of(step, -0, 1e-40, 3) }]]),
  optimizer: new Map([['w.m', { dtype: 'U8', shape: [4], values: Uint8Array.of(1, 2, 3, 255) }]]),
  state: { step, batcher: { epoch: 1, cursor: 7 }, random: [1, 2, 3, 4] },
});
const names = (): string[] => readdirSync(join(run, 'checkpoints')).toSorted();

describe('writeCheckpoint and readCheckpoint', () => {
  it('give back the same bits', () => {
    const path = writeCheckpoint(run, 123, at(123));
    expect(path).toBe(join(run, 'checkpoints', 'step-000123'));
    const back = readCheckpoint(run);
    expect(back).toMatchObject({ step: 123, path, state: at(123).state });
    expect(back.tensors.get('w')).toEqual(at(123).tensors.get('w'));
    expect(Object.is((back.tensors.get('w')!.values as Float32Array)[1], -0)).toBe(true);
    expect(back.optimizer.get('w.m')).toEqual(at(123).optimizer.get('w.m'));
  });

  it('keep the newest and remove the oldest', () => {
    for (const step of [5, 10, 15, 20]) writeCheckpoint(run, step, at(step), { keep: 2 });
    expect(names()).toEqual(['step-000015', 'step-000020']);
    expect(readCheckpoint(run, 15).state).toMatchObject({ step: 15 });
    expect(() => readCheckpoint(run, 10)).toThrow(/must have a checkpoint of step 10, but it has 15, 20/);
  });

  it('never remove the one just written, though it is not the newest', () => {
    for (const step of [10, 20, 15]) writeCheckpoint(run, step, at(step), { keep: 1 });
    expect(names()).toEqual(['step-000015']);
  });

  it('order steps by number beyond six digits', () => {
    writeCheckpoint(run, 1_000_000, at(1));
    writeCheckpoint(run, 999_999, at(2));
    expect(latestCheckpoint(run).step).toBe(1_000_000);
  });

  it('replace a checkpoint of the same step', () => {
    writeCheckpoint(run, 5, at(5));
    writeCheckpoint(run, 5, { ...at(5), state: 'again' });
    expect(readCheckpoint(run).state).toBe('again');
    expect(names()).toEqual(['step-000005']);
  });

  it('refuse a state that JSON would change, before writing', () => {
    expect(() => writeCheckpoint(run, 5, { ...at(5), state: { loss: Number.NaN } })).toThrow(
      /finite numbers only, but loss is NaN/,
    );
    expect(readdirSync(run)).toEqual([]);
  });

  it('refuse bad steps', () => {
    expect(() => writeCheckpoint(run, 1.5, at(1))).toThrow(/step must be a whole number from 0, but got 1.5/);
    expect(() => writeCheckpoint(run, 1, at(1), { keep: 0 })).toThrow(/keep must be at least 1, but got 0/);
  });
});

describe('a failing disk', () => {
  it.each([0, 1, 2, 3])(
    'full at file %i leaves the earlier checkpoint and nothing half-written',
    (fullAt) => {
      writeCheckpoint(run, 5, at(5));
      let files = 0;
      const writeFile: typeof writeFileSynced = (path, parts) => {
        if (files++ === fullAt) {
          writeFileSync(path, parts[0]!.subarray(0, 3));
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        }
        writeFileSynced(path, parts);
      };
      expect(() => writeCheckpoint(run, 10, at(10), { writeFile })).toThrow(
        /writeCheckpoint: step 10 must be written to .*step-000010, but the system says ENOSPC.*; earlier checkpoints are untouched/,
      );
      expect(names()).toEqual(['step-000005']);
      expect(readCheckpoint(run).step).toBe(5);
    },
  );

  it('that cannot be written at all is named', () => {
    writeFileSync(join(run, 'checkpoints'), 'a file where the folder should be');
    expect(() => writeCheckpoint(run, 5, at(5))).toThrow(
      /writeCheckpoint: step 5 must be written to .* ENOTDIR/,
    );
    expect(() => writeCheckpoint('/proc/nibble', 5, at(5))).toThrow(/the system says ENOENT/);
  });

  it('killed while writing leaves a temporary folder that does not count and is cleared by the next write', () => {
    writeCheckpoint(run, 5, at(5));
    cpSync(join(run, 'checkpoints', 'step-000005'), join(run, 'checkpoints', '.tmp-10'), { recursive: true });
    truncateSync(join(run, 'checkpoints', '.tmp-10', 'model.safetensors'), 9);
    expect(latestCheckpoint(run).step).toBe(5);
    writeCheckpoint(run, 10, at(10));
    expect(names()).toEqual(['step-000005', 'step-000010']);
  });
});

const file = (name: string): string => join(run, 'checkpoints', 'step-000010', name);

describe('a damaged checkpoint', () => {
  const damages: [string, (name: string) => void, RegExp][] = [
    ['torn', (name) => truncateSync(file(name), 5), /has 5 bytes instead of \d+/],
    ['grown', (name) => appendFileSync(file(name), '!'), /has \d+ bytes instead of \d+/],
    ['missing', (name) => rmSync(file(name)), /is missing/],
    [
      'changed in one bit',
      (name) => {
        const bytes = readFileSync(file(name));
        bytes[bytes.length - 1]! ^= 1;
        writeFileSync(file(name), bytes);
      },
      /does not have the SHA-256 of the manifest/,
    ],
  ];
  const cases = ['model.safetensors', 'optimizer.safetensors', 'state.json'].flatMap((name) =>
    damages.map(([how, damage, problem]) => ({ name, how, damage, problem })),
  );

  it.each(cases)('is found: $name $how', ({ name, damage, problem }) => {
    writeCheckpoint(run, 10, at(10));
    damage(name);
    expect(() => readCheckpoint(run)).toThrow(CheckpointError);
    expect(() => readCheckpoint(run, 10)).toThrow(problem);
    expect(() => latestCheckpoint(run)).toThrow(new RegExp(`step-000010/${name.replace('.', '\\.')}`));
  });

  it.each([
    ['is missing', () => rmSync(file('manifest.json'))],
    ['is not JSON', () => truncateSync(file('manifest.json'), 40)],
    [
      'has a wrong field step: .*',
      () =>
        writeFileSync(file('manifest.json'), readFileSync(file('manifest.json'), 'utf8').replace('10', '-1')),
    ],
    [
      'is of step 11, not 10',
      () =>
        writeFileSync(file('manifest.json'), readFileSync(file('manifest.json'), 'utf8').replace('10', '11')),
    ],
  ])('is found: manifest.json %s', (problem, damage) => {
    writeCheckpoint(run, 10, at(10));
    damage();
    expect(() => readCheckpoint(run)).toThrow(
      new RegExp(`readCheckpoint: .*manifest\\.json ${problem}; the checkpoint is torn or was changed`),
    );
  });

  it('is not passed over in silence: the newest whole one is named', () => {
    for (const step of [5, 8, 10]) writeCheckpoint(run, step, at(step));
    rmSync(file('model.safetensors'));
    writeFileSync(join(run, 'checkpoints', 'step-000008', 'state.json'), '{}');
    expect(() => readCheckpoint(run)).toThrow(
      /step-000010\/model\.safetensors is missing.*; step 5 is whole: nibble train --resume .* --from-step 5 goes on from there/,
    );
    rmSync(join(run, 'checkpoints', 'step-000005'), { recursive: true });
    expect(() => readCheckpoint(run)).toThrow(/no older checkpoint is whole/);
  });

  it('differs from none', () => {
    expect(() => latestCheckpoint(run)).toThrow(/must have a checkpoint, but it has none/);
  });
});

describe('a checkpoint that is replaced', () => {
  const halfway = (): void => {
    writeCheckpoint(run, 5, at(5));
    renameSync(join(run, 'checkpoints', 'step-000005'), join(run, 'checkpoints', '.tmp-replaced-5'));
  };

  it('is not passed over by readers when a kill caught it between two names', () => {
    writeCheckpoint(run, 3, at(3));
    halfway();
    expect(() => readCheckpoint(run)).toThrow(
      /\.tmp-replaced-5 was about to be replaced .* nibble train --resume puts it back/,
    );
  });

  it('is put back by the next writer', () => {
    halfway();
    finishReplacing(run);
    expect(readCheckpoint(run).step).toBe(5);
    halfway();
    writeCheckpoint(run, 10, at(10));
    expect(names()).toEqual(['step-000005', 'step-000010']);
  });
});

describe('rewindRun', () => {
  const trained = (): void => {
    for (const step of [5, 10, 15]) writeCheckpoint(run, step, at(step));
    const metrics = openMetrics(run);
    for (let step = 1; step <= 17; step++) metrics.append({ step });
    metrics.close();
  };

  it('drops metrics after the newest checkpoint, and sets nothing aside', () => {
    trained();
    expect(rewindRun(run, 15)).toBeUndefined();
    expect(readMetrics(run).at(-1)).toEqual({ step: 15 });
    expect(readdirSync(run).toSorted()).toEqual(['checkpoints', 'metrics.jsonl']);
  });

  it('moves what came after an older checkpoint aside, whole', () => {
    trained();
    writeFileSync(join(run, 'report.html'), 'old');
    const before = readFileSync(join(run, 'metrics.jsonl'), 'utf8');
    const aside = rewindRun(run, 5)!;
    expect(aside).toBe(join(run, 'set-aside', '001-after-step-5'));
    expect(names()).toEqual(['step-000005']);
    expect(readMetrics(run).at(-1)).toEqual({ step: 5 });
    expect(readFileSync(join(aside, 'metrics.jsonl'), 'utf8')).toBe(before);
    expect(readdirSync(aside).toSorted()).toEqual([
      'metrics.jsonl',
      'report.html',
      'step-000010',
      'step-000015',
    ]);
    // What was set aside can be put back.
    renameSync(join(aside, 'step-000015'), join(run, 'checkpoints', 'step-000015'));
    expect(readCheckpoint(run).step).toBe(15);
    expect(rewindRun(run, 5)).toBe(join(run, 'set-aside', '002-after-step-5'));
    expect(readdirSync(aside)).toContain('step-000010');
  });

  it('keeps a copy of the metrics when it goes back to the start without any checkpoint', () => {
    openMetrics(run).close();
    expect(rewindRun(run, 0)).toBeUndefined();
    const metrics = openMetrics(run, 0);
    metrics.append({ step: 1 });
    metrics.close();
    const aside = rewindRun(run, 0)!;
    expect(readMetrics(run)).toEqual([]);
    expect(readFileSync(join(aside, 'metrics.jsonl'), 'utf8')).toBe('{"step":1}\n');
  });

  it('changes nothing when the metrics are damaged', () => {
    trained();
    writeFileSync(join(run, 'metrics.jsonl'), '{"step":1}\n{"ste\n{"step":3}\n');
    expect(() => rewindRun(run, 5)).toThrow(/metrics\.jsonl:2 must be a JSON object/);
    expect(names()).toEqual(['step-000005', 'step-000010', 'step-000015']);
    expect(readdirSync(run).toSorted()).toEqual(['checkpoints', 'metrics.jsonl']);
  });
});
