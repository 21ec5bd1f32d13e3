import type { LlamaConfig } from '@nibble-ml/llama';
import type { ChosenBackend } from '../backend/choose-backend.ts';
import type { TrainConfig } from '../config/train-config.ts';
import type { Corpus } from '../data/prepare-corpus.ts';
import type { RunStorage } from '../run/run-storage.ts';
import type { TrainObserver } from './train-observer.ts';

/** Options of `trainRun`. */
export interface TrainRunOptions {
  readonly observer: TrainObserver;
  /** Aborting it stops training after the step that is under way, with a checkpoint. */
  readonly signal: AbortSignal;
}

/** A run whose text, place and backend are known to be good. */
export interface PreparedRun extends TrainRunOptions {
  readonly storage: RunStorage;
  readonly config: TrainConfig;
  readonly backend: ChosenBackend;
  readonly corpus: Corpus;
  readonly modelConfig: LlamaConfig;
  /**
   * Waits between two steps, so that others get their turn: signals and timers, as on wasm nothing else ever waits, and other
   * runs on the same device. Before others have the device it calls `settle`, which reads the step under way.
   */
  readonly nextTurn: (settle: () => Promise<void>) => Promise<void>;
  /** Milliseconds of wall time, those left out in which others had the device. Default: `performance.now()`. */
  readonly clock?: () => number;
}

/** What a run goes on from. */
export interface Progress {
  /** Steps done before. */
  readonly resumedAt: number;
  /** Seconds that they took. */
  readonly secondsBefore: number;
}
