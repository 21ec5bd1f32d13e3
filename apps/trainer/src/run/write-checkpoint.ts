import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCheckpoint, surplusCheckpoints } from './checkpoint.ts';
import type { Checkpoint, KeepOptions } from './checkpoint.ts';
import { checkpointFiles, type CheckpointManifest } from './checkpoint-manifest.ts';
import { sha256 } from './sha256.ts';
import {
  checkpointFolder,
  checkpointsFolder,
  checkpointSteps,
  replacedFolder,
  replacedSteps,
} from './checkpoint-folders.ts';
import { removeQuietly, syncFolder, writeFileSynced, type WriteFile } from './durable-file.ts';
import { makeFolder } from './make-folder.ts';

/** Options of {@link writeCheckpoint}. */
export interface WriteCheckpointOptions extends KeepOptions {
  /** Writes one file and waits for the disk; tests put a full disk here. */
  writeFile?: WriteFile;
}

/**
 * Writes a checkpoint: all files under a temporary name, synced, then renamed, so that a kill at any instant leaves
 * either no checkpoint of this step or a whole one. Afterwards the oldest ones are removed.
 *
 * @param runDir - The folder of the run.
 * @param step - Optimizer steps done; a checkpoint of the same step is replaced.
 * @param checkpoint - What to write.
 * @returns The folder of the checkpoint.
 * @throws RangeError when `step` or `keep` is out of range or the state holds a number that is not finite; Error when
 *   the system refuses, in which case the earlier checkpoints are untouched.
 */
export function writeCheckpoint(
  runDir: string,
  step: number,
  checkpoint: Checkpoint,
  options: WriteCheckpointOptions = {},
): string {
  const { writeFile = writeFileSynced } = options;
  const contents = encodeCheckpoint(step, checkpoint, options);

  const parent = checkpointsFolder(runDir);
  const folder = checkpointFolder(runDir, step);
  const temporary = join(parent, `.tmp-${step}`);
  try {
    makeFolder(parent);
    // What a killed process left behind; a run has one writer.
    finishReplacing(runDir);
    for (const name of readdirSync(parent)) {
      if (name.startsWith('.tmp-')) rmSync(join(parent, name), { recursive: true });
    }
    mkdirSync(temporary);
    const files = {} as CheckpointManifest['files'];
    for (const name of checkpointFiles) {
      const bytes = contents[name];
      writeFile(join(temporary, name), [bytes]);
      files[name] = { bytes: bytes.length, sha256: sha256([bytes]) };
    }
    const manifest: CheckpointManifest = { format: 'nibble-checkpoint', version: 1, step, files };
    writeFile(join(temporary, 'manifest.json'), [
      new TextEncoder().encode(JSON.stringify(manifest, null, 2)),
    ]);
    syncFolder(temporary);
    if (existsSync(folder)) {
      // A folder can only be renamed onto an empty one. A kill here is what finishReplacing is for.
      const replaced = replacedFolder(runDir, step);
      renameSync(folder, replaced);
      renameSync(temporary, folder);
      rmSync(replaced, { recursive: true });
    } else {
      renameSync(temporary, folder);
    }
    syncFolder(parent);
  } catch (cause) {
    removeQuietly(temporary);
    restoreQuietly(runDir);
    throw new Error(
      `writeCheckpoint: step ${step} must be written to ${folder}, but the system says ${(cause as Error).message}; earlier checkpoints are untouched`,
      { cause },
    );
  }

  for (const old of surplusCheckpoints(checkpointSteps(runDir), step, options)) {
    // A kill in the middle of a removal must not leave a checkpoint that looks whole.
    const leaving = join(parent, `.tmp-old-${old}`);
    renameSync(checkpointFolder(runDir, old), leaving);
    rmSync(leaving, { recursive: true });
  }
  return folder;
}

/**
 * Puts back a checkpoint that a kill caught between the two renames that replace it. Only the process that writes the run
 * may call it.
 */
export function finishReplacing(runDir: string): void {
  for (const step of replacedSteps(runDir)) {
    if (existsSync(checkpointFolder(runDir, step))) continue;
    renameSync(replacedFolder(runDir, step), checkpointFolder(runDir, step));
    syncFolder(checkpointsFolder(runDir));
  }
}

/** Where it fails, the checkpoint stays under its other name, and the next process puts it back. */
function restoreQuietly(runDir: string): void {
  try {
    finishReplacing(runDir);
  } catch {
    // The error that matters came before.
  }
}
