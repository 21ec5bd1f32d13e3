import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve, sep } from 'node:path';

/** The calls of node:fs that change a disk, or wait for it. */
const names = [
  'openSync',
  'writeSync',
  'fsyncSync',
  'linkSync',
  'renameSync',
  'mkdirSync',
  'rmSync',
  'rmdirSync',
  'copyFileSync',
] as const;

/** One call that changes the disk, as it is about to be made. */
export interface DiskCall {
  readonly name: (typeof names)[number];
  /** Its number among all, from 0. */
  readonly index: number;
  /** The path, or that of the open file. */
  readonly path: string;
}

/**
 * What becomes of a call: `half` writes a part of what is to be written, or removes a part of what is to be removed, and
 * is as `before` for other calls.
 */
export type Fault = { readonly when: 'before' | 'half' | 'after'; readonly raise: () => never };

/**
 * Puts faults into the calls of node:fs that change something below a folder; other files are left in peace. The sources
 * need no hooks: their imports are the very functions that are replaced.
 *
 * @param decide - Asked before every call; undefined lets it be.
 * @returns what puts node:fs back, and tells how many calls there were
 */
export function injectFaults(root: string, decide: (call: DiskCall) => Fault | undefined): () => number {
  const folder = resolve(root);
  const original = Object.fromEntries(names.map((name) => [name, fs[name]]));
  const paths = new Map<number, string>();
  let index = 0;
  const isInside = (path: string): boolean => path === folder || path.startsWith(folder + sep);
  for (const name of names) {
    const call = original[name] as (...args: unknown[]) => unknown;
    const replaced = (...args: unknown[]): unknown => {
      const [first, data] = args;
      const path = typeof first === 'number' ? paths.get(first) : resolve(String(first));
      const readsOnly = name === 'openSync' && (data === undefined || data === 'r');
      if (path === undefined || !isInside(path)) return call(...args);
      const fault = readsOnly ? undefined : decide({ name, index: index++, path });
      if (fault !== undefined && fault.when !== 'after') {
        if (fault.when === 'half' && name === 'writeSync') writeHalf(call, args);
        if (fault.when === 'half' && name === 'rmSync') removeFirst(call, path);
        return fault.raise();
      }
      // Waiting for a real disk would only take time: what a kill leaves does not depend on it.
      const result = name === 'fsyncSync' ? undefined : call(...args);
      if (name === 'openSync') paths.set(result as number, path);
      return fault === undefined ? result : fault.raise();
    };
    (fs as unknown as Record<string, unknown>)[name] = replaced;
  }
  syncBuiltinESMExports();
  return () => {
    Object.assign(fs, original);
    syncBuiltinESMExports();
    return index;
  };
}

/** writeSync(file, bytes, offset, length) */
function writeHalf(call: (...args: unknown[]) => unknown, [file, bytes, offset, length]: unknown[]): void {
  const size = typeof length === 'number' ? length : (bytes as Uint8Array).length;
  call(file, bytes, offset ?? 0, Math.floor(size / 2));
}

/** A folder is removed file by file. */
function removeFirst(call: (...args: unknown[]) => unknown, path: string): void {
  if (!fs.existsSync(path) || !fs.statSync(path).isDirectory()) return;
  const [first] = fs.readdirSync(path);
  if (first !== undefined) call(join(path, first), { recursive: true });
}

/** What a process that was killed does to its own disk from then on: nothing. */
export class KilledError extends Error {}

/** Faults of a process that is killed at a call, so that no call after it is made either. */
export function killAt(index: number, when: Fault['when']): (call: DiskCall) => Fault | undefined {
  const raise = (): never => {
    throw new KilledError(`killed at call ${index}`);
  };
  return (call) => {
    if (call.index < index) return undefined;
    return { when: call.index === index ? when : 'before', raise };
  };
}

/** Faults of a disk that is full at one call; when half, a part of what is written still fits. */
export function fullAt(index: number): (call: DiskCall) => Fault | undefined {
  return (call) =>
    call.index === index &&
    ['openSync', 'writeSync', 'mkdirSync', 'fsyncSync', 'copyFileSync'].includes(call.name)
      ? { when: 'half', raise: raiseFull }
      : undefined;
}

function raiseFull(): never {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}
