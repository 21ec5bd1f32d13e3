import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { WaitingError, Worker } from 'bullmq';
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { parseConfig } from '../../config/resolve-config.ts';
import { goOnWithRun } from '../../many-runs/go-on-with-run.ts';
import type { PlannedRun } from '../../many-runs/planned-run.ts';
import type { RunsObserver } from '../../many-runs/runs-observer.ts';
import type { TrainOutcome } from '../../many-runs/train-in-child.ts';
import { lockFolder } from '../../run/lock-folder.ts';
import { versions } from '../../training/versions.ts';
import { dataIdentity, fileSha256 } from '../data-identity.ts';
import { runIdentity } from '../run-identity.ts';
import { removeUpload, uploadRun } from './hand-over-run.ts';
import { openRedis, patientConnection } from './redis-link.ts';
import type { RedisLink } from './redis-link.ts';
import { PREFIX, QUEUE, takeJob } from './run-job.ts';
import type { RunJob, RunJobResult } from './run-job.ts';
import { withLocalFiles } from './shared-files.ts';

const PROGRESS_MS = 1000;
/** A run that takes its worker with it is given up after so many workers. */
const MOST_LOST_WORKERS = 5;

/** Options of {@link runWorker}. */
export interface RunWorkerOptions {
  readonly url: string;
  /** Folder of this worker's runs, which is locked. */
  readonly runsDir: string;
  /** Runs at once. */
  readonly jobs: number;
  /** Seconds without a sign of life after which a worker counts as dead. */
  readonly lostAfterSeconds: number;
  /** Aborting it stops all, each with a checkpoint, and gives the runs back to the queue. */
  readonly signal: AbortSignal;
  readonly observer: Pick<RunsObserver, 'step' | 'ended'>;
  readonly note: (text: string) => void;
}

/**
 * Trains runs that Redis hands out, and hands over what they came to, until the signal ends it.
 *
 * @throws Error when Redis cannot be reached, or another worker has the folder.
 */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const { url, runsDir, jobs, lostAfterSeconds, signal, note } = options;
  const unlock = lockFolder(
    runsDir,
    'give each worker of a machine a folder of its own with --runs, or one more --jobs',
  );
  try {
    const link = await openRedis(url, note);
    try {
      // What this worker trains already: Redis may hand out a run again whose worker it could not hear of.
      const training = new Map<string, Promise<TrainOutcome>>();
      const worker = new Worker<RunJob, RunJobResult>(
        QUEUE,
        async (job, token) => work(job, token, link, training, options),
        {
          connection: patientConnection(url),
          prefix: PREFIX,
          name: hostname(),
          concurrency: jobs,
          lockDuration: lostAfterSeconds * 1000,
          stalledInterval: lostAfterSeconds * 1000,
          maxStalledCount: MOST_LOST_WORKERS,
        },
      );
      worker.on('error', () => {});
      await aborted(signal);
      await worker.close();
    } finally {
      await link.close();
    }
  } finally {
    unlock();
  }
}

async function work(
  job: Job<RunJob, RunJobResult>,
  token: string | undefined,
  { client }: RedisLink,
  training: Map<string, Promise<TrainOutcome>>,
  { runsDir, lostAfterSeconds, signal, observer }: RunWorkerOptions,
): Promise<RunJobResult> {
  const { name, config: settings, shared } = takeJob(job.data, versions()['nibble']!);
  const dir = join(runsDir, name);
  const given = parseConfig(settings, `job ${name}`);
  const config = await withLocalFiles(client, { ...given, out: dir }, shared, join(runsDir, 'files'));
  const files = {
    data: await dataIdentity(config.data),
    tokenizer: config.tokenizer === null ? null : await fileSha256(config.tokenizer),
  };
  if (runIdentity(config, files) !== name) {
    throw new Error(
      `run ${name} must mean the same here, but it is ${runIdentity(config, files)}: this machine has other data, or another build of nibble, than the one that began the sweep`,
    );
  }
  const plan: PlannedRun = { dir, config };
  let toldAt = -Infinity;
  const onProgress = (step: number, loss?: number): void => {
    observer.step(plan, step, loss);
    if (performance.now() - toldAt < PROGRESS_MS && step < config.steps) return;
    toldAt = performance.now();
    // Nothing is lost with it: the next one says more.
    job.updateProgress({ step, ...(loss === undefined ? {} : { loss }) }).catch(() => {});
  };
  const mine = training.get(name) ?? goOnWithRun(plan, { signal, onProgress });
  training.set(name, mine);
  const outcome = await mine;
  if (training.get(name) === mine) training.delete(name);
  observer.ended(plan, outcome);
  switch (outcome.type) {
    case 'interrupted':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'failed':
      throw new Error(outcome.message);
    default:
      return handOver(client, plan, outcome.type, async () => {
        const extended = await job.extendLock(token ?? '', lostAfterSeconds * 1000);
        return extended === 1;
      });
  }
}

/** Puts a run into Redis if it will be taken from there: a job that was given to another is that one's to end. */
async function handOver(
  client: Redis,
  { dir }: PlannedRun,
  outcome: RunJobResult['outcome'],
  isMine: () => Promise<boolean>,
): Promise<RunJobResult> {
  const name = basename(dir);
  const lost = new Error(`run ${name} was given to another worker while Redis heard nothing of this one`);
  if (!(await isMine())) throw lost;
  const result = await uploadRun(client, name, dir, outcome);
  if (await isMine()) return result;
  await removeUpload(client, name, result);
  throw lost;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
