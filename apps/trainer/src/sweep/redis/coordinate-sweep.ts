import { setTimeout as wait } from 'node:timers/promises';
import type { Job } from 'bullmq';
import { recordFailure } from '../../many-runs/run-failure.ts';
import { runStateOf } from '../../many-runs/run-state.ts';
import { openRuns } from '../../many-runs/train-plans.ts';
import { lockFolder } from '../../run/lock-folder.ts';
import { versions } from '../../training/versions.ts';
import type { SweepRun, SweepPlan } from '../plan-sweep.ts';
import { gatherRecords, SWEEP_LOCKED } from '../run-sweep.ts';
import type { RunSweepOptions, SweepOutcome } from '../run-sweep.ts';
import { MissingChunkError } from './chunks.ts';
import { downloadRun, removeUpload } from './hand-over-run.ts';
import { openRedis } from './redis-link.ts';
import type { RedisLink } from './redis-link.ts';
import { progressOf, runJobResultSchema } from './run-job.ts';
import type { RunJob, RunJobResult } from './run-job.ts';
import { shareFiles, sharedFilesOf } from './shared-files.ts';

const POLL_MS = 500;
const FIRST_RETRY_MS = 2000;

/** Options of {@link coordinateSweep}. */
export interface CoordinateSweepOptions extends Omit<RunSweepOptions, 'jobs'> {
  readonly url: string;
  /** How often a run that fails is tried. */
  readonly attempts: number;
  readonly note: (text: string) => void;
}

type RunJobHandle = Job<RunJob, RunJobResult>;

/**
 * Has the runs of a sweep that are not finished trained by the workers of a Redis, gathers them into the folder, and
 * writes its records. What Redis has forgotten is asked for again. Stopped by the signal, workers go on, and the same
 * call gathers what they did.
 *
 * @throws Error when Redis cannot be reached, or another process has the folder
 */
export async function coordinateSweep(
  plan: SweepPlan,
  { runsDir, url, attempts, signal, observer, note }: CoordinateSweepOptions,
): Promise<SweepOutcome> {
  const unlock = lockFolder(runsDir, SWEEP_LOCKED);
  try {
    const open = openRuns(plan.runs);
    const link = await openRedis(url, note);
    try {
      observer.start(
        plan.runs,
        open.map(({ stepsLeft }) => stepsLeft),
      );
      // A command waits for a Redis that is gone, and must not keep Ctrl-C waiting.
      const stopped = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      const left = new Set(open.map(({ plan: run }) => run));
      const gathering = gather(plan, left, link, attempts, signal, observer);
      await Promise.race([gathering, stopped]);
      observer.stop();
      return { isComplete: left.size === 0, ...gatherRecords(plan, runsDir) };
    } finally {
      await link.close();
    }
  } finally {
    unlock();
  }
}

async function gather(
  plan: SweepPlan,
  left: Set<SweepRun>,
  link: RedisLink,
  attempts: number,
  signal: AbortSignal,
  observer: RunSweepOptions['observer'],
): Promise<void> {
  const ask = async (run: SweepRun): Promise<void> => {
    await shareFiles(link.client, [run]);
    await addJob(link, run, attempts);
  };
  for (const run of plan.runs) {
    const job = await link.queue.getJob(run.name);
    const state = await job?.getState();
    // A coordinator that died had gathered it, but not removed it; or had not told of its failure.
    if (job !== undefined && ((!left.has(run) && state === 'completed') || state === 'failed')) {
      await discard(link, run, job);
    }
    if (left.has(run)) await ask(run);
  }
  while (left.size > 0 && !signal.aborted) {
    for (const run of left) {
      if (signal.aborted) return;
      const job = await link.queue.getJob(run.name);
      if (job === undefined) await ask(run);
      else if (await look(run, job, link, observer)) left.delete(run);
    }
    await wait(POLL_MS);
  }
}

async function addJob({ queue }: RedisLink, run: SweepRun, attempts: number): Promise<void> {
  const { name, config } = run;
  await queue.add(
    'train',
    { name, nibble: versions()['nibble']!, config: { ...config }, shared: sharedFilesOf(run) },
    { jobId: name, attempts, backoff: { type: 'exponential', delay: FIRST_RETRY_MS } },
  );
}

/** Tells how far a job is, and takes what it came to; returns whether its run has ended. */
async function look(
  run: SweepRun,
  job: RunJobHandle,
  link: RedisLink,
  observer: RunSweepOptions['observer'],
): Promise<boolean> {
  const state = await job.getState();
  // The job was read before its state, and may not have said by then what it came to.
  const ended = await link.queue.getJob(run.name);
  if (state === 'failed') {
    const message = ended?.failedReason ?? 'its reason is not in Redis any more';
    recordFailure(run.dir, message);
    await discard(link, run, job);
    observer.ended(run, { type: 'failed', message });
    return true;
  }
  if (state !== 'completed') {
    const progress = progressOf(job.progress);
    if (progress !== undefined) observer.step(run, progress.step, progress.loss);
    return false;
  }
  const result = runJobResultSchema.safeParse(ended?.returnvalue);
  try {
    if (result.success) await downloadRun(link.client, run, result.data);
  } catch (error) {
    if (!(error instanceof MissingChunkError)) throw error;
    // Whoever trained it has it still; anyone else can train it again.
    await discard(link, run, ended ?? job);
    return false;
  }
  await discard(link, run, ended ?? job);
  if (!result.success) return false;
  const after = runStateOf(run);
  observer.ended(
    run,
    after.status === 'diverged' ? { type: 'diverged', divergence: after.divergence } : { type: 'done' },
  );
  return true;
}

async function discard({ queue, client }: RedisLink, run: SweepRun, job: RunJobHandle): Promise<void> {
  const result = runJobResultSchema.safeParse(job.returnvalue);
  await queue.remove(run.name);
  if (result.success) await removeUpload(client, run.name, result.data);
}
