import { join } from 'node:path';
import type { Command } from 'commander';
import { terminalWorkerObserver } from '../sweep/redis/terminal-worker-observer.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { numberIn } from './options.ts';

interface WorkerFlags {
  readonly redis: string;
  readonly runs: string;
  readonly jobs: string;
  readonly lostAfter: string;
}

const line = (text: string): void => void process.stdout.write(`${text}\n`);

/** `nibble worker`: trains the runs of sweeps that a Redis hands out. */
export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('train the runs of nibble sweep --redis on this machine, until it is stopped')
    .requiredOption(
      '--redis <url>',
      'the Redis of the sweep, as redis://:PASSWORD@HOST:6379, or rediss:// with TLS',
    )
    .option('--runs <folder>', 'folder of this worker, each its own', join('runs', 'worker'))
    .option('--jobs <count>', 'runs at once', '1')
    .option('--lost-after <seconds>', 'silence after which a worker counts as dead, the same for all', '30')
    .addHelpText(
      'after',
      '\nExamples:\n  nibble worker --redis redis://10.0.0.5:6379\n  nibble worker --redis redis://10.0.0.5:6379 --jobs 2 --runs /scratch/nibble',
    )
    .action(async ({ redis, runs, jobs, lostAfter }: WorkerFlags) => {
      // Loading the queue's library takes other commands a tenth of a second.
      const { runWorker } = await import('../sweep/redis/run-worker.ts');
      const { signal, stop } = abortOnSignals();
      try {
        await runWorker({
          url: redis,
          runsDir: runs,
          jobs: numberIn('--jobs', jobs, [1, 256], true),
          lostAfterSeconds: numberIn('--lost-after', lostAfter, [1, 3600], false),
          signal,
          observer: terminalWorkerObserver(line),
          note: line,
        });
      } finally {
        stop();
      }
    });
}
