import type { Experiment } from './experiment.ts';
import { lockFolder } from '../run/lock-folder.ts';
import type { PaperContext } from './paper-context.ts';
import type { RunsObserver } from '../many-runs/runs-observer.ts';
import { writePaperText } from './paper-text.ts';
import { plansOf, runExperiment } from './run-experiment.ts';
import { uniquePlans } from './run-plan.ts';
import { writeSummary } from './summary.ts';
import { trainPlans } from '../many-runs/train-plans.ts';
import { writeFiles } from './write-files.ts';

/** Options of {@link regenerate}. */
export interface RegenerateOptions {
  /** Processes that train at once. */
  readonly jobs: number;
  /** Aborting it stops all training, with checkpoints. */
  readonly signal: AbortSignal;
  readonly observer: RunsObserver;
  /** Called with the paths of what was written, by experiment; and last with the document that links them. */
  readonly onWritten: (what: string, paths: readonly string[]) => void;
}

/**
 * Trains what experiments need and is not there yet, then writes their results and the summary.
 *
 * @returns false when it was stopped by the signal; the same call goes on from there
 * @throws Error when a run failed, or another process trains in the folder of the runs
 */
export async function regenerate(
  experiments: readonly Experiment[],
  context: PaperContext,
  { jobs, signal, observer, onWritten }: RegenerateOptions,
): Promise<boolean> {
  const plans = uniquePlans(experiments.flatMap((experiment) => plansOf(experiment, context)));
  if (plans.length > 0) {
    const unlock = lockFolder(
      context.runsDir,
      'wait for it, give it more --jobs, or choose another folder with --runs',
    );
    try {
      writePaperText(context.text);
      const { isComplete, failures } = await trainPlans(plans, { jobs, signal, observer });
      if (failures.length > 0) {
        const lines = failures.map(({ plan, message }) => `${plan.dir}: ${message}`);
        throw new Error(`nibble paper: ${failures.length} runs failed\n${lines.join('\n')}`);
      }
      if (!isComplete) return false;
    } finally {
      unlock();
    }
  }
  for (const experiment of experiments) {
    const { files } = await runExperiment(experiment, context);
    onWritten(experiment.id, writeFiles(context.outDir, files));
  }
  const summary = writeSummary(context.outDir);
  if (summary !== undefined) onWritten('summary', [summary]);
  return true;
}
