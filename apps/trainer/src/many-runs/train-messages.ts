import type { TrainConfig } from '../config/train-config.ts';
import type { Divergence } from './run-state.ts';

/** What a child process that trains is told. */
export type ToTrainChild =
  | { readonly type: 'train'; readonly config: TrainConfig; readonly resume: boolean }
  /** To stop after the step that is under way, with a checkpoint. */
  | { readonly type: 'stop' };

/** What a child process that trains tells. The last message of each run is one of the last four. */
export type FromTrainChild =
  | { readonly type: 'start'; readonly step: number }
  | { readonly type: 'step'; readonly step: number; readonly loss: number }
  | { readonly type: 'done' }
  | { readonly type: 'interrupted' }
  | { readonly type: 'diverged'; readonly divergence: Divergence }
  | { readonly type: 'failed'; readonly message: string };
