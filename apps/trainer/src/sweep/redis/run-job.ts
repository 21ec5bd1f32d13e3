import { z } from 'zod';

/** The queue of all runs of all sweeps. */
export const QUEUE = 'runs';
/** What all keys in Redis begin with. */
export const PREFIX = 'nibble';

/** A file that workers get through Redis, by what it holds. */
export interface SharedFile {
  /** In hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** With its dot, as it says what the file holds. */
  readonly extension: string;
}

/** A run that a worker is to train. The job's id is the run's name, so that the same run is there once. */
export interface RunJob {
  readonly name: string;
  /** Version of the Nibble that asks for it. */
  readonly nibble: string;
  /** Settings, checked again by the worker; `out` is its own. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Files of the run in place of the paths in the settings; null where the paths hold for all machines. */
  readonly shared: { readonly data: SharedFile | null; readonly tokenizer: SharedFile | null };
}

/** What a worker hands over: the files of a run, which lie in Redis in chunks. */
export interface RunJobResult {
  readonly outcome: 'done' | 'diverged';
  /** Names the chunks of this attempt. */
  readonly upload: string;
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly chunks: number;
  }[];
}

const hash = z.string().regex(/^[\da-f]{64}$/);
const sharedFile = z.object({
  sha256: hash,
  bytes: z.int().min(0),
  extension: z.string().regex(/^(\.\w+)*$/),
});

/** Whoever can write to Redis writes jobs: nothing in them may lead out of the worker's folder. */
export const runJobSchema: z.ZodType<RunJob> = z.object({
  name: z.string().regex(/^[A-Za-z0-9][\w.+-]*$/),
  nibble: z.string(),
  config: z.record(z.string(), z.unknown()),
  shared: z.object({ data: sharedFile.nullable(), tokenizer: sharedFile.nullable() }),
});

/**
 * Returns a job that came from Redis.
 *
 * @param version - Of the Nibble that is to train it: kernels of another one may come to other bits, which no name of a
 *   run tells.
 * @throws ZodError when it is no job; Error when another version asks for it.
 */
export function takeJob(data: unknown, version: string): RunJob {
  const job = runJobSchema.parse(data);
  if (job.nibble === version) return job;
  throw new Error(
    `run ${job.name} must be trained by nibble ${job.nibble}, as the other runs of its sweep, but this machine has ${version}; install the same version on all machines`,
  );
}

const innerPath = z
  .string()
  .regex(/^[\w.-]+(\/[\w.-]+)*$/)
  .refine((path) => path.split('/').every((part) => part !== '.' && part !== '..'));

/** Nothing in a result may lead out of the run's folder. */
export const runJobResultSchema: z.ZodType<RunJobResult> = z.object({
  outcome: z.enum(['done', 'diverged']),
  upload: z.string().regex(/^[\w-]+$/),
  files: z.array(z.object({ path: innerPath, bytes: z.int().min(0), sha256: hash, chunks: z.int().min(0) })),
});

const progressSchema = z.object({ step: z.int(), loss: z.number().exactOptional() });

/** How far a job says it is; undefined before it has said anything. */
export function progressOf(progress: unknown): { step: number; loss?: number } | undefined {
  const parsed = progressSchema.safeParse(progress);
  return parsed.success ? parsed.data : undefined;
}
