import type { LinearRole } from '@nibble-ml/recipes';
import type { TrainConfig } from '../../../src/config/train-config.ts';
import type { EngineError } from './engine-error.ts';

/** Names one run in this browser: a folder in the origin's private file system. Never changes, unlike the run's name. */
export type RunId = string;

/** Backends that train in a browser. */
export type LabBackend = 'webgpu' | 'wasm';

/** What a run is doing. */
export type RunState =
  /** Not under way; `resumeRun` goes on. */
  | { readonly type: 'paused' }
  /** Its text, vocabulary or device is being made ready; `doing` is a sentence for people. */
  | { readonly type: 'preparing'; readonly doing: string }
  | { readonly type: 'training' }
  /** All steps are done, and the model is being evaluated. */
  | { readonly type: 'finishing' }
  | { readonly type: 'done' }
  /** Ended by an error; `resumeRun` goes on from the last checkpoint once its cause is gone. */
  | { readonly type: 'failed'; readonly error: EngineError }
  /** Another tab trains it; `owner` is as in {@link EngineError}. */
  | { readonly type: 'elsewhere'; readonly owner: string };

/** A run in a list. */
export interface RunSummary {
  readonly run: RunId;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly state: RunState;
  /** The whole resolved configuration. */
  readonly config: TrainConfig;
  readonly backend: string;
  readonly adapter: string;
  /** Parameters of the model. */
  readonly parameters: number;
  /** Steps that metrics are there for. */
  readonly step: number;
  /** Step of the newest checkpoint, which export takes and `resumeRun` goes on from; 0 before the first. */
  readonly savedStep: number;
  /** Where its text is: with the run, the default one, or not in this browser. */
  readonly text: 'own' | 'default' | 'missing';
  readonly textName: string;
}

/** A run of which nothing is known, as its `config.json` cannot be read. */
export interface DamagedRun {
  readonly run: RunId;
  readonly name: string;
  /** What is wrong with it. */
  readonly error: EngineError;
}

/** The runs of this browser. */
export interface RunListing {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** There is nothing to be done with them but to delete them. */
  readonly damaged: readonly DamagedRun[];
}

/** A linear layer of a block. */
export interface LayerChoice {
  readonly role: Exclude<LinearRole, 'head'>;
  /** Index of the block. */
  readonly block: number;
}
