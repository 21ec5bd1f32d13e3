import { z } from 'zod';

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

/** The name of a checkpoint's folder. */
export const checkpointName = (step: number): string => `step-${String(step).padStart(6, '0')}`;

/** The step of a checkpoint's folder; undefined when the name is another's, such as that of an unfinished one. */
export function stepOfCheckpoint(name: string): number | undefined {
  const digits = /^step-(\d{6,})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Returns the manifest that the bytes of a `manifest.json` hold.
 *
 * @param path - The file, for messages.
 * @param step - The step that it must be of.
 * @throws CheckpointError when it is no manifest, or of another step.
 */
export function parseManifest(path: string, bytes: Uint8Array, step: number): CheckpointManifest {
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
  const manifest = parsed.data;
  if (manifest.step !== step) {
    throw new CheckpointError(path, `is of step ${manifest.step}, not ${step}`);
  }
  return manifest;
}
