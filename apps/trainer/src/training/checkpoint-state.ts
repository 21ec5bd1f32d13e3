import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { BatcherState } from '../data/batcher.ts';
import type { LoadedCheckpoint } from '../run/checkpoint.ts';
import type { RunStorage } from '../run/run-storage.ts';
import type { EarlyStopState } from './early-stop.ts';
import type { TrainingState } from './training-state.ts';
import type { TensorToEncode } from '@nibble-ml/llama';

/** What a checkpoint holds beside tensors. */
export interface RunProgress {
  /** SHA-256 of the text, or of the dataset's manifest, so that a run is not resumed on other data. */
  readonly dataSha256: string;
  /** Whether the data was one text in memory; always so before there were datasets. */
  readonly wholeText: boolean;
  /** Wall time spent so far, in seconds. */
  readonly seconds: number;
  /** Position in the data. */
  readonly batcher: BatcherState;
  /** Where early stopping stands; only with `patience`. */
  readonly earlyStop?: EarlyStopState;
}

/** What {@link saveCheckpoint} writes beside the state. */
export interface SaveOptions extends Omit<RunProgress, 'batcher'> {
  /** Newest checkpoints to keep, this one among them; the best one of early stopping is kept beside. Default 3. */
  readonly keep?: number;
}

const currentSchema = z.object({
  dataSha256: z.string(),
  wholeText: z.boolean(),
  seconds: z.number(),
  batcher: z.object({
    seed: z.number(),
    context: z.number(),
    tokens: z.number(),
    epoch: z.number(),
    cursor: z.number(),
  }),
  earlyStop: z
    .object({ bestLoss: z.number().nullable(), bestStep: z.number(), sinceBest: z.number() })
    .exactOptional(),
});
/** Checkpoints from before there were datasets name the hash of their text. */
const progressSchema = z.preprocess(
  (state) =>
    typeof state === 'object' && state !== null && 'textSha256' in state
      ? { ...state, dataSha256: state.textSha256, wholeText: true }
      : state,
  currentSchema,
);

/**
 * Writes a checkpoint of `step`; atomic.
 *
 * @returns where it is, for people
 */
export async function saveCheckpoint(
  storage: Pick<RunStorage, 'writeCheckpoint'>,
  step: number,
  { parameters, optimizer, batcher }: TrainingState,
  { keep = 3, ...options }: SaveOptions,
): Promise<string> {
  const tensors = new Map<string, TensorToEncode>();
  for (const [name, parameter] of parameters) {
    tensors.set(name, {
      shape: parameter.shape,
      values: (await parameter.data()) as Float32Array,
    });
  }
  const moments = new Map<string, TensorToEncode>();
  for (const [name, { shape, data }] of await optimizer.state()) {
    moments.set(name, { shape, values: data });
  }
  const progress: RunProgress = { ...options, batcher: batcher.state() };
  const protect = options.earlyStop === undefined ? [] : [options.earlyStop.bestStep];
  return storage.writeCheckpoint(step, { tensors, optimizer: moments, state: progress }, { keep, protect });
}

/** A checkpoint and the position of the run in it. */
export interface RunCheckpoint {
  readonly checkpoint: LoadedCheckpoint;
  readonly progress: RunProgress;
}

/**
 * The position of a run in a checkpoint.
 *
 * @throws Error when it has none
 */
export function progressOf({ state, path }: Pick<LoadedCheckpoint, 'state' | 'path'>): RunProgress {
  const parsed = progressSchema.safeParse(state);
  if (parsed.success) return parsed.data;
  throw new Error(
    `loadCheckpoint: ${path}/state.json must hold the position of a run, but ${z.prettifyError(parsed.error)}`,
  );
}

/** Puts a checkpoint's weights, moments and data position into a fresh state, exact to the bit. */
export function restoreState(state: TrainingState, { checkpoint, progress }: RunCheckpoint): void {
  state.batcher.restore(progress.batcher);
  state.optimizer.restore(
    new Map(
      [...checkpoint.optimizer].map(([name, { shape, values }]) => [
        name,
        {
          shape: [...shape],
          dtype: values instanceof Int32Array ? 'int32' : 'float32',
          data: values as Float32Array,
        },
      ]),
    ),
  );
  restoreWeights(state.parameters, checkpoint);
  state.linears.weightsChanged(checkpoint.step);
}

/**
 * Puts a checkpoint's weights into the parameters of a model, and its clip factors into those of the linear layers.
 *
 * @throws RangeError when a weight is missing, unknown or of another shape
 */
export function restoreWeights(
  parameters: ReadonlyMap<string, Variable>,
  { tensors, path }: LoadedCheckpoint,
): void {
  for (const [name, parameter] of parameters) {
    const found = tensors.get(name);
    if (found === undefined || found.shape.join() !== parameter.shape.join()) {
      throw new RangeError(
        `restoreWeights: ${path} must have ${name} of shape [${parameter.shape.join(', ')}], but ${found === undefined ? 'it is missing' : `it has [${found.shape.join(', ')}]`}`,
      );
    }
    tidy(() => parameter.assign(tensor(found.values as Float32Array, parameter.shape, 'float32')));
  }
}
