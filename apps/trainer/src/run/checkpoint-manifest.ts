import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readWholeFile } from './durable-file.ts';

/** The files of a checkpoint beside its manifest. */
export const checkpointFiles = ['model.safetensors', 'optimizer.safetensors', 'state.json'] as const;

/** What a checkpoint's `manifest.json` says. */
export interface CheckpointManifest {
  /** Marks the file. */
  format: 'nibble-checkpoint';
  /** Version of the layout. */
  version: 1;
  /** Optimizer steps done. */
  step: number;
  /** Size and SHA-256 (hex) of every other file. */
  files: Record<(typeof checkpointFiles)[number], { bytes: number; sha256: string }>;
}

const fileEntry = z.strictObject({ bytes: z.int().min(0), sha256: z.string().regex(/^[\da-f]{64}$/) });
const manifestSchema: z.ZodType<CheckpointManifest> = z.strictObject({
  format: z.literal('nibble-checkpoint'),
  version: z.literal(1),
  step: z.int().min(0),
  files: z.strictObject({
    'model.safetensors': fileEntry,
    'optimizer.safetensors': fileEntry,
    'state.json': fileEntry,
  }),
});

/** A checkpoint that is torn or was changed. */
export class CheckpointError extends Error {
  /** The file that is missing or wrong. */
  readonly file: string;
  /** What is wrong with it. */
  readonly problem: string;

  /** Makes the error; the message names the file, the problem and the way out. */
  constructor(file: string, problem: string, wayOut = 'resume from another one') {
    super(`readCheckpoint: ${file} ${problem}; the checkpoint is torn or was changed; ${wayOut}`);
    this.name = 'CheckpointError';
    this.file = file;
    this.problem = problem;
  }
}

/** The folder of the checkpoints of a run. */
export const checkpointsFolder = (runDir: string): string => join(runDir, 'checkpoints');

/** The folder of one checkpoint. */
export const checkpointFolder = (runDir: string, step: number): string =>
  join(checkpointsFolder(runDir), `step-${String(step).padStart(6, '0')}`);

/** Where a checkpoint is for the moment in which another takes its place. */
export const replacedFolder = (runDir: string, step: number): string =>
  join(checkpointsFolder(runDir), `.tmp-replaced-${step}`);

/** The steps that a run has a checkpoint of, rising; unfinished ones under a temporary name do not count. */
export const checkpointSteps = (runDir: string): number[] => stepsNamed(runDir, /^step-(\d{6,})$/);

/** The steps whose checkpoints are, or were at a kill, about to be replaced. */
export const replacedSteps = (runDir: string): number[] => stepsNamed(runDir, /^\.tmp-replaced-(\d+)$/);

function stepsNamed(runDir: string, pattern: RegExp): number[] {
  let names: string[];
  try {
    names = readdirSync(checkpointsFolder(runDir));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** SHA-256 of bytes in parts, in hex. */
export function sha256(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/**
 * Returns the manifest of a checkpoint; its files are not looked at.
 *
 * @param folder - The checkpoint's folder.
 * @param step - The step that it must be of.
 * @throws CheckpointError when it is missing, no manifest, or of another step.
 */
export function readManifest(folder: string, step: number): CheckpointManifest {
  const path = join(folder, 'manifest.json');
  const manifest = parseManifest(path, readFile(folder, 'manifest.json'));
  if (manifest.step !== step) {
    throw new CheckpointError(path, `is of step ${manifest.step}, not ${step}`);
  }
  return manifest;
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

function parseManifest(path: string, bytes: Uint8Array): CheckpointManifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new CheckpointError(path, 'is not JSON');
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new CheckpointError(path, `has a wrong field ${issue.path.join('.')}: ${issue.message}`);
  }
  return parsed.data;
}
