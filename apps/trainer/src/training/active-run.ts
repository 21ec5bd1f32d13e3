import type { ChosenBackend } from '../backend/choose-backend.ts';
import type { TrainConfig } from '../config/train-config.ts';
import type { Corpus } from '../data/prepare-corpus.ts';
import type { RunStorage } from '../run/run-storage.ts';
import type { EarlyStop } from './early-stop.ts';
import type { PreparedRun } from './prepared-run.ts';
import type { TrainObserver } from './train-observer.ts';
import type { TrainingState } from './training-state.ts';

/** A run that is under way. */
export interface ActiveRun {
  readonly storage: RunStorage;
  readonly config: TrainConfig;
  readonly backend: ChosenBackend;
  readonly corpus: Corpus;
  readonly state: TrainingState;
  readonly observer: TrainObserver;
  readonly earlyStop: EarlyStop;
  readonly nextTurn: PreparedRun['nextTurn'];
  /** Steps done before this process took over. */
  readonly resumedAt: number;
  /** Seconds spent before this process took over. */
  readonly secondsBefore: number;
  /** As in {@link PreparedRun}. */
  readonly clock: () => number;
  /** What {@link clock} said when this process began to train. */
  readonly startedAt: number;
}

/** Time that a run has taken, in seconds, those before it was resumed included, the turns of other runs left out. */
export function secondsOf({ secondsBefore, startedAt, clock }: ActiveRun): number {
  return secondsBefore + (clock() - startedAt) / 1000;
}
