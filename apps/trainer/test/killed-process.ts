import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { checkpointSteps } from '../src/run/checkpoint-folders.ts';
import { readCheckpoint } from '../src/run/read-checkpoint.ts';
import { runNibble } from './run-nibble.ts';
import type { NibbleResult } from './run-nibble.ts';

const preload = fileURLToPath(new URL('./kill-preload.ts', import.meta.url));

/** A process to be killed, and where its run is. */
export interface KilledProcess {
  readonly cwd: string;
  /** Arguments of `nibble train`, without `--out` and `--json`. */
  readonly args: readonly string[];
  /** Folder of the run, below `cwd`. */
  readonly run: string;
}

/** Trains, and sends a signal so many milliseconds after training began. */
export function trainAndSignal(
  { cwd, args, run }: KilledProcess,
  signal: NodeJS.Signals,
  afterMilliseconds: number,
): Promise<NibbleResult> {
  let isTiming = false;
  let started: ChildProcess | undefined;
  return runNibble(['train', ...args, '--out', run, '--json'], {
    cwd,
    onStart: (child) => {
      started = child;
    },
    onOutput: (stdout) => {
      if (!isTiming && stdout.includes('"type":"start"')) {
        isTiming = true;
        setTimeout(() => started?.kill(signal), afterMilliseconds);
      }
      return undefined;
    },
  });
}

/** Trains, and is killed with SIGKILL inside the writing of a checkpoint, at its `call`-th call on the disk. */
export function trainAndKillInCheckpoint(
  { cwd, args, run }: KilledProcess,
  call: number,
): Promise<NibbleResult> {
  return runNibble(['train', ...args, '--out', run, '--json'], {
    cwd,
    nodeArgs: ['--import', preload],
    env: { NIBBLE_KILL_RUN: run, NIBBLE_KILL_AT: String(call) },
  });
}

/**
 * Reads every checkpoint that a run lists.
 *
 * @throws CheckpointError when one is not whole
 */
export function readAll(dir: string): void {
  for (const step of checkpointSteps(dir)) readCheckpoint(dir, step);
}
