/**
 * The lines of a run's `metrics.jsonl`, told apart by `type`. Losses in nats per token. Lines of types that are not here may
 * be passed over.
 */
import type { GemmRecord } from '@nibble-ml/recipes';
import type { LayersRecord } from '../../../src/training/telemetry/layers-record.ts';
import type {
  TrainDone,
  TrainEvaluation,
  TrainSampleRecord,
  TrainStepRecord,
  TrainSwitch,
} from '../../../src/training/train-observer.ts';

/** One line. */
export type MetricsLine =
  StepLine | EvaluationLine | LayersLine | SampleLine | RecipeLine | KernelsLine | DoneLine;

/** An optimizer step. */
export interface StepLine extends TrainStepRecord {
  readonly type: 'step';
}

/** A validation: on the way over some windows, at the last step over the whole validation text. */
export interface EvaluationLine extends TrainEvaluation {
  readonly type: 'evaluation';
}

/** Quantization error of every layer, with each validation. */
export type LayersLine = LayersRecord;

/** A text that the model wrote. */
export interface SampleLine extends TrainSampleRecord {
  readonly type: 'sample';
}

/** Which precision is in force from `step` on. */
export interface RecipeLine extends Omit<TrainSwitch, 'description'> {
  readonly type: 'recipe';
}

/** What each matrix product ran in, after the first step (`kernels`) and at the end (`products`). */
export interface KernelsLine {
  readonly type: 'kernels' | 'products';
  readonly step: number;
  readonly products: readonly GemmRecord[];
}

/** The end of a run; the seconds leave out pauses and the turns of other runs. */
export interface DoneLine extends Pick<
  TrainDone,
  'tokens' | 'trainLoss' | 'valLoss' | 'bitsPerByte' | 'unigramNats' | 'seconds'
> {
  readonly type: 'done';
  readonly step: number;
}
