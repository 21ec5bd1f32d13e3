import type { ChosenBackend } from '../backend/choose-backend.ts';
import type { TrainConfig } from '../config/train-config.ts';
import type { ProductInForce } from './recipe-phases.ts';

/** What a model wrote, and what it was asked to go on from. */
export interface Sample {
  readonly prompt: string;
  readonly continuation: string;
}

/** What is known when training begins. */
export interface TrainStart {
  readonly run: string;
  readonly config: TrainConfig;
  readonly backend: ChosenBackend;
  readonly parameters: number;
  readonly nonEmbeddingParameters: number;
  /** The step that was reached before, when the run is resumed; else 0. */
  readonly resumedAt: number;
}

/** One optimizer step. */
export interface TrainStepRecord {
  readonly step: number;
  /** Mean training loss of the step's batch, in nats per token. */
  readonly loss: number;
  readonly learningRate: number;
  /** Global norm of the gradient before clipping. */
  readonly gradNorm: number;
  readonly tokensPerSecond: number;
  /** Updates left out so far as spikes; only with `skipSpikes`. */
  readonly skippedUpdates?: number;
}

/** A validation on the way. */
export interface TrainEvaluation {
  readonly step: number;
  readonly valLoss: number;
  readonly bitsPerByte: number;
  /** Whether no validation before was lower; only with `patience`. */
  readonly isBest?: boolean;
  /** Validations without a lower loss that are still allowed; 0 ends the run. Only with `patience`. */
  readonly validationsLeft?: number;
}

/** Another precision, from `step` on. */
export interface TrainSwitch {
  /** The first step in it. */
  readonly step: number;
  /** The recipe in force. */
  readonly recipe: string;
  /** Whether that recipe's own late switch has come. */
  readonly isLate: boolean;
  /** What each product now runs in. */
  readonly products: readonly ProductInForce[];
  /** The same in a sentence. */
  readonly description: string;
}

/** A sample on the way. */
export interface TrainSampleRecord extends Sample {
  readonly step: number;
}

/** A checkpoint that was written. */
export interface TrainCheckpoint {
  readonly step: number;
  /** Its folder. */
  readonly path: string;
}

/** Why and where a run ended before its last step. */
export interface TrainStopped {
  /** The step it stopped after. */
  readonly step: number;
  /** The step with the lowest validation loss, which the run goes back to. */
  readonly bestStep: number;
  /** That loss, of the validation on the way, in nats per token. */
  readonly bestLoss: number;
  /** The folder of its checkpoint. */
  readonly path: string;
}

/** How training ended. */
export interface TrainDone {
  readonly run: string;
  /** Steps done in all. */
  readonly steps: number;
  /** Tokens trained on in all. */
  readonly tokens: number;
  /** Mean training loss of the last tenth of the steps, in nats per token. */
  readonly trainLoss: number;
  /** Validation loss, in nats per token. */
  readonly valLoss: number;
  readonly bitsPerByte: number;
  /** Entropy of the validation text's own token frequencies, in nats: what a model without context cannot beat. */
  readonly unigramNats: number;
  readonly seconds: number;
  /** What the model wrote, and what it was asked to go on from; undefined when no sample was asked for. */
  readonly sample: Sample | undefined;
  readonly report: string;
  /** With early stopping: the checkpoint that was evaluated and sampled from, which is the best one. */
  readonly best?: TrainCheckpoint;
  /** With `overfitBatch`: the loss of the one batch at the first and at the last step, in nats per token. */
  readonly overfit?: { readonly first: number; readonly last: number };
}

/** Who watches a training run: a person's terminal, or a machine reading JSON lines. */
export interface TrainObserver {
  /** Something worth a line. */
  note(text: string): void;
  start(start: TrainStart): void;
  step(record: TrainStepRecord, totalSteps: number): void;
  /** The recipe, or what it prescribes, is another one from here on. */
  switched(change: TrainSwitch): void;
  evaluation(evaluation: TrainEvaluation): void;
  sampled(sample: TrainSampleRecord): void;
  checkpoint(checkpoint: TrainCheckpoint): void;
  /** Validation has got no better for `patience` times. */
  stopped(stop: TrainStopped): void;
  /** The run was stopped by the user; a checkpoint of `step` was written, unless it is 0. */
  interrupted(run: string, step: number): void;
  done(done: TrainDone): void;
}

/** An observer that looks away; one that looks at some events is made from it by `{ ...silentObserver, … }`. */
export const silentObserver: TrainObserver = {
  note: () => {},
  start: () => {},
  step: () => {},
  switched: () => {},
  evaluation: () => {},
  sampled: () => {},
  checkpoint: () => {},
  stopped: () => {},
  interrupted: () => {},
  done: () => {},
};
