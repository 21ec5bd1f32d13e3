import { encodeSafetensors } from '@nibble-ml/llama';
import type { TensorToEncode } from '@nibble-ml/llama';
import type { checkpointFiles } from './checkpoint-manifest.ts';
import { strictJson } from './strict-json.ts';

/** Everything that training goes on from. */
export interface Checkpoint {
  /** The master weights by name. */
  tensors: ReadonlyMap<string, TensorToEncode>;
  /** The optimizer's state by name. */
  optimizer: ReadonlyMap<string, TensorToEncode>;
  /** The rest, as plain JSON: position in the data, random state, counters. */
  state: unknown;
}

/** A checkpoint read back. */
export interface LoadedCheckpoint extends Checkpoint {
  /** Optimizer steps done. */
  step: number;
  /** Where it is kept, for messages: on disk its folder. */
  path: string;
}

/** Which checkpoints stay when one is written. */
export interface KeepOptions {
  /** Newest checkpoints to keep, this one among them; default 3. */
  keep?: number;
  /** Steps whose checkpoints stay however old they are, such as the best one; they do not count among `keep`. */
  protect?: readonly number[];
}

/**
 * Returns the files of a checkpoint, beside its manifest, by name.
 *
 * @param step - Optimizer steps done.
 * @throws RangeError when `step` or `keep` is out of range or the state holds a number that is not finite.
 */
export function encodeCheckpoint(
  step: number,
  checkpoint: Checkpoint,
  { keep = 3 }: KeepOptions,
): Record<(typeof checkpointFiles)[number], Uint8Array> {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new RangeError(`writeCheckpoint: step must be a whole number from 0, but got ${step}`);
  }
  if (!(keep >= 1)) throw new RangeError(`writeCheckpoint: keep must be at least 1, but got ${keep}`);
  return {
    'model.safetensors': encodeSafetensors(checkpoint.tensors, { format: 'pt' }),
    'optimizer.safetensors': encodeSafetensors(checkpoint.optimizer),
    'state.json': new TextEncoder().encode(strictJson(checkpoint.state, 'the state of a checkpoint', 2)),
  };
}

/**
 * Returns the steps whose checkpoints are to go once that of `step` is there, the oldest first.
 *
 * @param steps - All that there are, rising.
 */
export function surplusCheckpoints(
  steps: readonly number[],
  step: number,
  { keep = 3, protect = [] }: KeepOptions,
): readonly number[] {
  const others = steps.filter((other) => other !== step && !protect.includes(other));
  return others.slice(0, Math.max(0, others.length - (keep - 1)));
}
