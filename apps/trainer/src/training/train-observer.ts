import type { ChosenBackend } from '../backend/choose-backend.ts';
import type { TrainConfig } from '../config/train-config.ts';

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
}

/** Who watches a training run: a person's terminal, or a machine reading JSON lines. */
export interface TrainObserver {
  /** Something worth a line. */
  note(text: string): void;
  start(start: TrainStart): void;
  step(record: TrainStepRecord, totalSteps: number): void;
  evaluation(evaluation: TrainEvaluation): void;
  /** The run was stopped by the user; a checkpoint of `step` was written, unless it is 0. */
  interrupted(run: string, step: number): void;
  done(done: TrainDone): void;
}
