import { createEventWriter } from '../run/event-writer.ts';
import { openMetrics } from '../run/metrics.ts';
import { describeProducts, productsOf } from './recipe-phases.ts';
import type { RecipePhase } from './recipe-phases.ts';
import type { TrainEvaluation, TrainObserver, TrainSampleRecord, TrainStepRecord } from './train-observer.ts';

/** Writes what happens in a run to its metrics, to TensorBoard's events and to whoever watches. */
export interface RunLog {
  step(record: TrainStepRecord): void;
  /** Another precision, from the step after `phase.stepsDone` on. */
  phase(phase: RecipePhase): void;
  evaluation(evaluation: TrainEvaluation): void;
  sample(sample: TrainSampleRecord): void;
  /** Waits until the disk has all metrics; call it before a checkpoint is written. */
  sync(): void;
  close(): void;
}

/** Options of {@link openRunLog}. */
export interface RunLogOptions {
  readonly observer: TrainObserver;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Blocks of the model. */
  readonly blocks: number;
  /** Steps done by another process; what came after them is removed. 0 for a new run. */
  readonly resumedAt: number;
}

/**
 * Opens the log of a run. Every line but those of time can be repeated: a resumed run writes those of the uninterrupted
 * one.
 */
export function openRunLog(dir: string, { observer, steps, blocks, resumedAt }: RunLogOptions): RunLog {
  const metrics = openMetrics(dir, ...(resumedAt > 0 ? [resumedAt] : []));
  const events = createEventWriter(dir, resumedAt > 0 ? { resumeStep: resumedAt } : {});
  return {
    step: (record) => {
      const { step, loss, learningRate, gradNorm } = record;
      metrics.append({ type: 'step', ...record });
      events.scalar('train/loss', loss, step);
      events.scalar('train/learningRate', learningRate, step);
      events.scalar('train/gradNorm', gradNorm, step);
      observer.step(record, steps);
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
      events.scalar('validation/loss', evaluation.valLoss, evaluation.step);
      observer.evaluation(evaluation);
    },
    sample: (sample) => {
      metrics.append({ type: 'sample', ...sample });
      observer.sampled(sample);
    },
    sync: () => metrics.sync(),
    close: () => {
      metrics.close();
      events.close();
    },
  };
}
