import type { PlannedRun } from './planned-run.ts';
import type { TrainOutcome } from './train-in-child.ts';

/** Who watches many runs. */
export interface RunsObserver {
  /**
   * @param plans - All runs that are needed, finished ones included.
   * @param openSteps - Steps that are left in each run that is not finished.
   */
  start(plans: readonly PlannedRun[], openSteps: readonly number[]): void;
  /** A run began, at `step` and without a loss, or did a step. */
  step(plan: PlannedRun, step: number, loss?: number): void;
  ended(plan: PlannedRun, outcome: TrainOutcome): void;
  stop(): void;
}
