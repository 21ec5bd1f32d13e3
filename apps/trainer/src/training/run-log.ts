import type { TrainConfig } from '../config/train-config.ts';
import type { MetricsRecord } from '../run/metrics-lines.ts';
import type { RunStorage } from '../run/run-storage.ts';
import { describeProducts, productsOf } from './recipe-phases.ts';
import type { RecipePhase } from './recipe-phases.ts';
import { layersEvents } from './telemetry/layers-events.ts';
import type { LayersRecord } from './telemetry/layers-record.ts';
import type { TrainEvaluation, TrainObserver, TrainSampleRecord, TrainStepRecord } from './train-observer.ts';

/** Writes what happens in a run to its metrics, to TensorBoard's events and to whoever watches. */
export interface RunLog {
  step(record: TrainStepRecord): void;
  /** Another precision, from the step after `phase.stepsDone` on. */
  phase(phase: RecipePhase): void;
  evaluation(evaluation: TrainEvaluation): void;
  sample(sample: TrainSampleRecord): void;
  layers(record: LayersRecord): void;
  /** A line of metrics that neither TensorBoard nor an observer is told. */
  record(line: MetricsRecord): void;
  /** Waits until the disk has all metrics; call it before a checkpoint is written. */
  sync(): void;
  close(): void;
}

/** Options of {@link openRunLog}. */
export interface RunLogOptions {
  readonly observer: TrainObserver;
  readonly config: TrainConfig;
  /** Blocks of the model. */
  readonly blocks: number;
  /** Steps done by another process; what came after them is removed. 0 for a new run. */
  readonly resumedAt: number;
}

/**
 * Opens the log of a run. Every line but those of time can be repeated: a resumed run writes those of the uninterrupted
 * one.
 */
export async function openRunLog(
  storage: Pick<RunStorage, 'openLog'>,
  { observer, config, blocks, resumedAt }: RunLogOptions,
): Promise<RunLog> {
  const { isNew, metrics, events } = await storage.openLog(resumedAt);
  if (isNew) events.text('config', configTable(config), 0);
  return {
    step: (record) => {
      const { step, loss, learningRate, gradNorm, tokensPerSecond } = record;
      metrics.append({ type: 'step', ...record });
      events.scalars(
        {
          'train/loss': loss,
          'train/learningRate': learningRate,
          'train/gradNorm': gradNorm,
          'train/tokensPerSecond': tokensPerSecond,
        },
        step,
      );
      observer.step(record, config.steps);
    },
    phase: (phase) => {
      const products = productsOf(phase, blocks);
      const { stepsDone, recipe, isLate } = phase;
      const record = { step: stepsDone + 1, recipe: recipe.name, isLate, products };
      metrics.append({ type: 'recipe', ...record });
      if (stepsDone > 0) observer.switched({ ...record, description: describeProducts(products) });
    },
    evaluation: (evaluation) => {
      metrics.append({ type: 'evaluation', ...evaluation });
      events.scalars(validationScalars(evaluation), evaluation.step);
      observer.evaluation(evaluation);
    },
    sample: (sample) => {
      metrics.append({ type: 'sample', ...sample });
      observer.sampled(sample);
    },
    layers: (record) => {
      metrics.append({ ...record });
      layersEvents(events, record);
    },
    record: (line) => metrics.append(line),
    sync: () => metrics.sync(),
    close: () => {
      metrics.close();
      events.close();
    },
  };
}

/** A validation as TensorBoard has it. */
export function validationScalars({
  valLoss,
  bitsPerByte,
}: Pick<TrainEvaluation, 'valLoss' | 'bitsPerByte'>): Record<string, number> {
  return { 'validation/loss': valLoss, 'validation/bitsPerByte': bitsPerByte };
}

/** Settings as a table in Markdown. */
function configTable(config: TrainConfig): string {
  const rows = Object.entries(config).map(([key, value]) => `| ${key} | ${JSON.stringify(value)} |`);
  return ['| setting | value |', '| --- | --- |', ...rows].join('\n');
}
