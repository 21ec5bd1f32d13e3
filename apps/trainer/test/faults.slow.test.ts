import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, testBackends } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeRun } from '../src/training/resume-run.ts';
import { silentObserver } from '../src/training/train-observer.ts';
import { trainRun } from '../src/training/train-run.ts';
import { faultArgs, faultConfig, fingerprint, outcomeOf, writeText } from './fault-run.ts';

import { injectFaults, killAt } from './faulty-fs.ts';
import { readAll, trainAndKillInCheckpoint, trainAndSignal } from './killed-process.ts';
import { losingDevice } from './losing-device.ts';
import { runNibble } from './run-nibble.ts';

const options = { observer: silentObserver, signal: new AbortController().signal };
const KILLS_AT_RANDOM = 12;
const KILLS_IN_CHECKPOINTS = 8;
const LOSSES = 10;
/** Of Linux, and for those who may; elsewhere the test of a small disk is skipped. */
const [MOUNT, UMOUNT] = ['mount', 'umount'] as const;

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'nibble-slow-faults-'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('kill -9', () => {
  it(`at ${KILLS_AT_RANDOM + KILLS_IN_CHECKPOINTS} seeded instants of a run, ${KILLS_IN_CHECKPOINTS} of them inside a checkpoint`, async () => {
    const args = [...faultArgs, '--steps', '40', '--data', writeText(root)];
    const whole = await runNibble(['train', ...args, '--out', 'whole', '--json'], { cwd: root });
    expect(whole.code, whole.stderr).toBe(0);
    const wanted = outcomeOf(join(root, 'whole'));
    const milliseconds = 1000 * secondsOf(whole.stdout);
    const random = seededRandom(2026);
    const counts = { killed: 0, finished: 0, resumed: 0 };
    for (let i = 0; i < KILLS_AT_RANDOM + KILLS_IN_CHECKPOINTS; i++) {
      const dir = join(root, `killed-${i}`);
      const process = { cwd: root, args, run: dir };
      // A checkpoint is about 20 calls; there are 20 of them.
      const { code } =
        i < KILLS_AT_RANDOM
          ? await trainAndSignal(process, 'SIGKILL', random() * milliseconds)
          : await trainAndKillInCheckpoint(process, Math.floor(random() * 380));
      counts[code === null ? 'killed' : 'finished']++;
      readAll(dir);
      const { code: resumed, stderr } = await runNibble(['train', '--resume', dir], { cwd: root });
      expect(resumed, stderr).toBe(0);
      expect(outcomeOf(dir)).toEqual(wanted);
      counts.resumed++;
      rmSync(dir, { recursive: true });
    }
    console.log(
      `kill -9: ${counts.killed} processes killed, ${counts.finished} had ended before; ${counts.resumed} resumed to the bits of the uninterrupted run`,
    );
    expect(counts.killed).toBeGreaterThanOrEqual(16);
  });
});

describe('a run that is killed at calls on the disk, one after the other', () => {
  it('goes on to the same bits from every second one', async () => {
    const config = { ...faultConfig, data: writeText(root) };
    const count = injectFaults(root, () => undefined);
    await trainRun({ ...config, out: join(root, 'reference') }, options);
    const calls = count();
    const wanted = outcomeOf(join(root, 'reference'));
    let kills = 0;
    for (let index = 0; index < calls; index += 2) {
      const dir = join(root, `call-${index}`);
      const restore = injectFaults(root, killAt(index, 'half'));
      await trainRun({ ...config, out: dir }, options).catch(() => undefined);
      restore();
      const again = injectFaults(root, () => undefined);
      const isRun = existsSync(join(dir, 'config.json'));
      await (isRun ? resumeRun(dir, options) : trainRun({ ...config, out: dir }, options));
      again();
      expect({ index, ...outcomeOf(dir) }).toEqual({ index, ...wanted });
      rmSync(dir, { recursive: true });
      kills++;
    }
    console.log(`killed at ${kills} of ${calls} calls on the disk: all resumed to the same bits`);
    expect(kills).toBeGreaterThan(60);
  });
});

describe('files of a run that are torn or changed', () => {
  it('are named, or do not matter; nothing else is touched', async () => {
    const whole = join(root, 'undamaged');
    await trainRun({ ...faultConfig, data: writeText(root), out: whole }, options);
    const wanted = outcomeOf(whole);
    const random = seededRandom(7);
    const counts = { named: 0, harmless: 0 };
    for (const name of Object.keys(fingerprint(whole))) {
      const bytes = readFileSync(join(whole, name));
      for (const damaged of damages(bytes, random)) {
        const dir = join(root, 'damaged');
        cpSync(whole, dir, { recursive: true });
        writeFileSync(join(dir, name), damaged);
        const before = fingerprint(dir);
        const error: unknown = await resumeRun(dir, options).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        const isNamed = error instanceof Error && error.message.includes(name.split('/').at(-1)!);
        const found = isNamed ? fingerprint(dir) : outcomeOf(dir).checkpoint;
        expect([name, found]).toEqual([name, isNamed ? before : wanted.checkpoint]);
        counts[isNamed ? 'named' : 'harmless']++;
        rmSync(dir, { recursive: true });
      }
    }
    console.log(
      `damaged files: ${counts.named} named with nothing touched, ${counts.harmless} harmless with the same bits`,
    );
    expect(counts.named).toBeGreaterThan(100);
  });
});

describe.runIf(testBackends.includes('webgpu'))('a GPU device that is lost', () => {
  it(`in the middle of a step, at ${LOSSES} seeded submits`, async () => {
    const config = { ...faultConfig, recipe: 'fp4-paper', backend: 'webgpu' as const, data: writeText(root) };
    const watched = losingDevice(Infinity);
    await trainRun({ ...config, out: join(root, 'gpu') }, { ...options, observer: watched.observer });
    const wanted = outcomeOf(join(root, 'gpu'));
    const random = seededRandom(4);
    for (let i = 0; i < LOSSES; i++) {
      const dir = join(root, `lost-${i}`);
      const { observer } = losingDevice(Math.floor(random() * 0.9 * watched.submits()));
      await expect(trainRun({ ...config, out: dir }, { ...options, observer })).rejects.toThrow(
        /device was lost/,
      );
      readAll(dir);
      await resumeRun(dir, options);
      expect(outcomeOf(dir)).toEqual(wanted);
    }
    console.log(`lost devices: ${LOSSES} named, all resumed to the same bits`);
  });
});

describe('a disk that is full', () => {
  const why = whyNoMount();
  it.skipIf(why !== undefined)(
    `of a small size${why === undefined ? '' : ` (skipped: ${why})`}`,
    async () => {
      const args = [...faultArgs, '--steps', '16', '--data', writeText(root)];
      const whole = await runNibble(['train', ...args, '--out', 'roomy'], { cwd: root });
      expect(whole.code, whole.stderr).toBe(0);
      const wanted = outcomeOf(join(root, 'roomy'));
      const disk = join(root, 'disk');
      mkdirSync(disk);
      const kilobytes = folderKilobytes(join(root, 'roomy'));
      const counts = { full: 0, resumed: 0 };
      for (const share of [0.05, 0.3, 0.5, 0.7, 0.85, 0.95]) {
        mount(['-t', 'tmpfs', '-o', `size=${Math.ceil(share * kilobytes)}k`, 'tmpfs', disk]);
        try {
          const run = join(disk, 'run');
          const { code, stderr } = await runNibble(['train', ...args, '--out', run], { cwd: root });
          expect(stderr).toMatch(/ENOSPC|no space left/);
          expect(stderr).not.toMatch(/\n\s+at /);
          expect(code).toBe(1);
          counts.full++;
          readAll(run);
          mount(['-o', 'remount,size=256m', disk]);
          const isRun = existsSync(join(run, 'config.json'));
          const again = isRun ? ['--resume', run] : [...args, '--out', run];
          const resumed = await runNibble(['train', ...again], { cwd: root });
          expect(resumed.code, resumed.stderr).toBe(0);
          expect(outcomeOf(run)).toEqual(wanted);
          counts.resumed++;
        } finally {
          spawnSync(UMOUNT, [disk]);
        }
      }
      console.log(`full disks: ${counts.full} named, ${counts.resumed} resumed to the same bits`);
    },
  );
});

/** The seconds of the line `done`. */
function secondsOf(stdout: string): number {
  return (JSON.parse(stdout.trim().split('\n').at(-1)!) as { seconds: number }).seconds;
}

/** A file cut at eight lengths, among them none and all but one byte, and with a bit changed at eight places. */
function damages(bytes: Uint8Array, random: () => number): Uint8Array[] {
  const anywhere = (): number => Math.floor(random() * bytes.length);
  const lengths = [0, bytes.length - 1, ...Array.from({ length: 6 }, anywhere)];
  const flips = Array.from({ length: 8 }, anywhere);
  return [
    ...lengths.map((length) => bytes.slice(0, length)),
    ...flips.map((at) => Uint8Array.from(bytes).with(at, bytes[at]! ^ (1 << Math.floor(random() * 8)))),
  ];
}

function mount(args: readonly string[]): void {
  const { status, stderr } = spawnSync(MOUNT, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** Why no small disk can be mounted here; undefined when one can. */
function whyNoMount(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'nibble-mount-'));
  const { status, stderr, error } = spawnSync(MOUNT, ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (status === 0) spawnSync(UMOUNT, [folder]);
  rmSync(folder, { recursive: true });
  return status === 0 ? undefined : (error?.message ?? stderr).trim();
}

function folderKilobytes(folder: string): number {
  return Number(spawnSync('du', ['-sk', folder], { encoding: 'utf8' }).stdout.split('\t')[0]);
}
