import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { injectFaults, killAt, KilledError } from '../../test/faulty-fs.ts';
import type { DiskCall, Fault } from '../../test/faulty-fs.ts';
import { lockFolder, lockOwner } from './lock-folder.ts';

const [ENDED, FIRST, SECOND, THIRD] = [1001, 1002, 1003, 1004];
let running: Set<number>;

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'nibble-lock-'));
});
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  running = new Set([FIRST, SECOND, THIRD]);
  vi.spyOn(process, 'kill').mockImplementation((pid) => {
    if (running.has(pid)) return true;
    throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' });
  });
  vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out');
});
afterEach(() => vi.restoreAllMocks());

/** A folder with what a process left in its lock; undefined for none. */
function folderWith(left: string | undefined): string {
  const folder = mkdtempSync(join(root, 'folder-'));
  if (left !== undefined) writeFileSync(join(folder, 'lock'), left);
  return folder;
}

/** Does something as the process of an id. */
function as<Result>(pid: number, body: () => Result): Result {
  const own = Object.getOwnPropertyDescriptor(process, 'pid')!;
  Object.defineProperty(process, 'pid', { ...own, value: pid });
  try {
    return body();
  } finally {
    Object.defineProperty(process, 'pid', own);
  }
}

/** Has a process take a folder; returns whether it got it. */
function take(pid: number, folder: string): boolean {
  try {
    as(pid, () => lockFolder(folder, 'wait'));
    return true;
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof KilledError || /must be free, but process 100[234] trains/.test(message))
      return false;
    throw error;
  }
}

/** Has a process take a folder, with something else done just before its call on the disk of that number. */
function takeWith(
  pid: number,
  folder: string,
  index: number,
  meanwhile: () => void,
  copies = false,
): boolean {
  const decide = (call: DiskCall): Fault | undefined => {
    if (call.index === index) meanwhile();
    return copies && call.name === 'linkSync' ? { when: 'before', raise: noHardLinks } : undefined;
  };
  const restore = injectFaults(folder, decide);
  try {
    return take(pid, folder);
  } finally {
    restore();
  }
}

function noHardLinks(): never {
  throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
}

/** The calls on the disk that taking a folder makes. */
function callsOf(left: string | undefined): number {
  const folder = folderWith(left);
  const restore = injectFaults(folder, () => undefined);
  take(FIRST, folder);
  return restore();
}

function expectOneOwner(folder: string, took: ReadonlyMap<number, boolean>): void {
  const owners = [...took].flatMap(([pid, isTaken]) => (isTaken ? [pid] : []));
  expect(owners).toHaveLength(1);
  expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(`${owners[0]}\n`);
  expect(lockOwner(folder)).toBe(owners[0]);
  expect(readdirSync(folder)).toEqual(['lock']);
}

const LEFT = [undefined, `${ENDED}\n`, ''] as const;

describe('lockFolder', () => {
  it.each(LEFT)('is had by one of three processes, whenever they come between each other: %j', (left) => {
    const calls = callsOf(left);
    expect(calls).toBeGreaterThan(1);
    let orders = 0;
    for (let i = 0; i < calls; i++) {
      for (let k = 0; k < calls; k++) {
        const folder = folderWith(left);
        const took = new Map<number, boolean>();
        const second = (): void => {
          took.set(
            SECOND,
            takeWith(SECOND, folder, k, () => took.set(THIRD, take(THIRD, folder))),
          );
        };
        took.set(FIRST, takeWith(FIRST, folder, i, second));
        expectOneOwner(folder, took);
        orders++;
      }
    }
    console.log(`lock left as ${JSON.stringify(left)}: one owner in ${orders} orders of three processes`);
  });

  it.each(LEFT)('is had by one of two on a file system without hard links: %j', (left) => {
    for (let i = 0; i < callsOf(left) + 2; i++) {
      const folder = folderWith(left);
      const took = new Map<number, boolean>();
      const second = (): unknown => took.set(SECOND, take(SECOND, folder));
      took.set(FIRST, takeWith(FIRST, folder, i, second, true));
      expectOneOwner(folder, took);
    }
  });

  it.each(LEFT)('is taken over from a process that was killed while it took it: %j', (left) => {
    const calls = callsOf(left);
    for (let i = 0; i < calls; i++) {
      for (const when of ['before', 'half', 'after'] as const) {
        const folder = folderWith(left);
        running.add(FIRST);
        const restore = injectFaults(folder, killAt(i, when));
        take(FIRST, folder);
        restore();
        running.delete(FIRST);
        expect(take(SECOND, folder)).toBe(true);
        expect(lockOwner(folder)).toBe(SECOND);
        expect(take(THIRD, folder)).toBe(false);
      }
    }
  });

  it('waits for what another process is writing into an empty lock', () => {
    const folder = folderWith('');
    const waiting = vi.mocked(Atomics.wait).mockImplementation(() => {
      writeFileSync(join(folder, 'lock'), `${SECOND}\n`);
      return 'timed-out';
    });
    expect(take(FIRST, folder)).toBe(false);
    expect(waiting).toHaveBeenCalledOnce();
    expect(lockOwner(folder)).toBe(SECOND);
  });

  it('takes over the lock of an earlier process of the same id, and gives back its own', () => {
    const folder = folderWith(`${FIRST}\n`);
    const unlock = as(FIRST, () => lockFolder(folder, 'wait'));
    expect(lockOwner(folder)).toBe(FIRST);
    unlock();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
    expect(lockOwner(folder)).toBeUndefined();
  });
});
