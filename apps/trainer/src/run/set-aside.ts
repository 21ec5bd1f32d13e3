import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { syncFolder } from './durable-file.ts';
import { makeFolder } from './make-folder.ts';

/** A folder for what a run had before it was taken back. */
export interface SetAside {
  readonly path: string;
  /** Moves a file or folder there; after a kill it is at the one place or at the other. */
  take(path: string): void;
}

/** Makes a new folder below `set-aside/` of a run, numbered, so that nothing that was set aside before is touched. */
export function openSetAside(runDir: string, step: number): SetAside {
  const parent = join(runDir, 'set-aside');
  makeFolder(parent);
  const last = Math.max(0, ...readdirSync(parent).map((name) => Number.parseInt(name, 10) || 0));
  const path = join(parent, `${String(last + 1).padStart(3, '0')}-after-step-${step}`);
  mkdirSync(path);
  syncFolder(parent);
  return {
    path,
    take: (from) => {
      if (!existsSync(from)) return;
      renameSync(from, join(path, basename(from)));
      syncFolder(path);
    },
  };
}
