import type { ScalingRecord } from '../data/scaling-record.ts';
import type { FitOptions } from '../fit/fit-options.ts';
import type { FitResult } from '../fit/fit-result.ts';
import { fitSteps } from '../fit/fit-steps.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import type { FitWorker } from './fit-worker.ts';
import { WorkerPool } from './worker-pool.ts';

/** How far a fit is. */
export interface FitProgress {
  /** The search from the start grid, then the refits of the bootstrap. */
  readonly phase: 'search' | 'bootstrap';
  /** Pieces of work done in this phase, from 1. */
  readonly done: number;
  /** Pieces of work of this phase. */
  readonly total: number;
}

/** Options of {@link fitLawInWorkers}. */
export interface WorkerFitOptions extends FitOptions {
  /** Makes a worker: `nodeFitWorker`, or one of `webFitWorker` in a browser. */
  readonly createWorker: () => FitWorker;
  /** How many. Default 2. */
  readonly workers?: number;
  /** Called after each piece of work. */
  readonly onProgress?: (progress: FitProgress) => void;
  /** Ends the fit and its workers at once; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * `fitLaw` in worker threads: the same result to the bit, however many there are, without blocking this thread.
 *
 * @throws UnidentifiableError and RangeError as `fitLaw`; RangeError if `workers` is no positive integer; Error if a worker
 *   breaks; the signal's reason, made an Error of where it is none, when aborted.
 * @example
 * ```ts
 * import { fitLawInWorkers, gridPoints, chinchilla, chinchillaConstants, simulateRecords } from '@nibble-ml/scaling-law';
 * import { nodeFitWorker } from '@nibble-ml/scaling-law/node';
 *
 * const points = gridPoints([1e8, 3e8, 1e9, 3e9], [2e9, 1e10, 5e10, 2e11]);
 * const records = simulateRecords(points, { base: chinchillaConstants.epoch, noise: 0.001 });
 * const fit = await fitLawInWorkers(chinchilla, records, { createWorker: nodeFitWorker, resamples: 4000 });
 * console.log(fit.parameters);
 * ```
 */
export async function fitLawInWorkers(
  law: ScalingLaw,
  records: readonly ScalingRecord[],
  { createWorker, workers = 2, onProgress, signal, ...options }: WorkerFitOptions,
): Promise<FitResult> {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new RangeError(`fitLawInWorkers: workers must be a positive integer, but got ${workers}`);
  }
  signal?.throwIfAborted();
  // What the data cannot say is found out before a worker is started.
  const steps = fitSteps(law, records, options);
  let next = steps.next();
  const pool = new WorkerPool(Array.from({ length: workers }, createWorker));
  const abort = (): void => pool.terminate(toError(signal!.reason));
  signal?.addEventListener('abort', abort);
  try {
    while (next.done !== true) {
      const { phase, works } = next.value;
      let done = 0;
      const results = await pool.perform(next.value, () => {
        done += 1;
        onProgress?.({ phase, done, total: works.length });
      });
      signal?.throwIfAborted();
      next = steps.next(results);
    }
    return next.value;
  } finally {
    signal?.removeEventListener('abort', abort);
    pool.terminate(new Error('fitLawInWorkers: the fit has ended'));
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
