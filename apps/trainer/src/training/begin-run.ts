import { restoreState, saveCheckpoint } from './checkpoint-state.ts';
import type { RunCheckpoint } from './checkpoint-state.ts';
import type { EarlyStop } from './early-stop.ts';
import type { PreparedRun, Progress } from './prepared-run.ts';
import type { InitialModel } from './init-run.ts';
import { initWeights } from './init-weights.ts';
import type { TrainingState } from './training-state.ts';

const NEW: Progress = { resumedAt: 0, secondsBefore: 0 };

/** The start of a run, which is decided by its config, and by the run that `init` names: that one's weights are kept. */
export async function beginAnew(
  { storage, corpus }: Pick<PreparedRun, 'storage' | 'corpus'>,
  state: TrainingState,
  initial: InitialModel | undefined,
): Promise<Progress> {
  if (initial === undefined) return NEW;
  initWeights(state, initial.checkpoint);
  // The other run may go on, or be gone, by the time that this one is resumed.
  await saveCheckpoint(storage, 0, state, {
    dataSha256: corpus.sha256,
    wholeText: corpus.wholeText,
    seconds: 0,
  });
  return NEW;
}

/**
 * Puts a checkpoint into a fresh state, to go on to the bits of the uninterrupted run.
 *
 * @throws Error when the data are not those that the run was trained on
 */
export function continueFrom(
  { storage, corpus }: Pick<PreparedRun, 'storage' | 'corpus'>,
  loaded: RunCheckpoint,
  state: TrainingState,
  earlyStop: EarlyStop,
): Progress {
  const { progress, checkpoint } = loaded;
  if (progress.dataSha256 !== corpus.sha256) {
    throw new Error(
      `resumeRun: ${storage.name} was trained on data with SHA-256 ${progress.dataSha256}, but ${corpus.name} now has ${corpus.sha256}; put the old data back`,
    );
  }
  restoreState(state, loaded);
  if (progress.earlyStop !== undefined) earlyStop.restore(progress.earlyStop);
  return { resumedAt: checkpoint.step, secondsBefore: progress.seconds };
}
