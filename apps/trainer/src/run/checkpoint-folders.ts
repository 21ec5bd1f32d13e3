import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError, checkpointName, parseManifest, stepOfCheckpoint } from './checkpoint-manifest.ts';
import type { CheckpointManifest } from './checkpoint-manifest.ts';
import { readWholeFile } from './durable-file.ts';

/** The folder of the checkpoints of a run. */
export const checkpointsFolder = (runDir: string): string => join(runDir, 'checkpoints');

/** The folder of one checkpoint. */
export const checkpointFolder = (runDir: string, step: number): string =>
  join(checkpointsFolder(runDir), checkpointName(step));

/** Where a checkpoint is for the moment in which another takes its place. */
export const replacedFolder = (runDir: string, step: number): string =>
  join(checkpointsFolder(runDir), `.tmp-replaced-${step}`);

/** The steps that a run has a checkpoint of, rising; unfinished ones under a temporary name do not count. */
export const checkpointSteps = (runDir: string): number[] => stepsNamed(runDir, stepOfCheckpoint);

/** The steps whose checkpoints are, or were at a kill, about to be replaced. */
export const replacedSteps = (runDir: string): number[] =>
  stepsNamed(runDir, (name) => {
    const digits = /^\.tmp-replaced-(\d+)$/.exec(name)?.[1];
    return digits === undefined ? undefined : Number(digits);
  });

function stepsNamed(runDir: string, stepOf: (name: string) => number | undefined): number[] {
  let names: string[];
  try {
    names = readdirSync(checkpointsFolder(runDir));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names.flatMap((name) => stepOf(name) ?? []).toSorted((a, b) => a - b);
}

/**
 * Returns the manifest of a checkpoint; its files are not looked at.
 *
 * @param folder - The checkpoint's folder.
 * @param step - The step that it must be of.
 * @throws CheckpointError when it is missing, no manifest, or of another step.
 */
export function readManifest(folder: string, step: number): CheckpointManifest {
  return parseManifest(join(folder, 'manifest.json'), readFile(folder, 'manifest.json'), step);
}

function readFile(folder: string, name: string): Uint8Array {
  const path = join(folder, name);
  try {
    return readWholeFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CheckpointError(path, code === 'ENOENT' ? 'is missing' : `cannot be read (${code})`);
  }
}
