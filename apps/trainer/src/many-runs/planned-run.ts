import type { TrainConfig } from '../config/train-config.ts';

/** A training run that is wanted, whether it has begun or not. */
export interface PlannedRun {
  /** Its folder, named after everything that decides its numbers. */
  readonly dir: string;
  readonly config: TrainConfig;
}
