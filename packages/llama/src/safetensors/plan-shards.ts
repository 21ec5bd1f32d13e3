import { tensorBytes } from './encode-header.ts';
import type { TensorToDeclare } from './encode-header.ts';
import { shardName } from './shard-index.ts';
import type { ShardIndex } from './shard-index.ts';

/** A file of a model in several. */
export interface Shard<Tensor extends TensorToDeclare = TensorToDeclare> {
  /** Name of the file. */
  readonly file: string;
  /** What it holds, in order. */
  readonly tensors: readonly Tensor[];
}

/** Files of a model, and their index where there is more than one. */
export interface ShardPlan<Tensor extends TensorToDeclare = TensorToDeclare> {
  /** The files, in order. */
  readonly shards: readonly Shard<Tensor>[];
  /** The content of `model.safetensors.index.json`; null for one file, which needs none. */
  readonly index: ShardIndex | null;
}

/**
 * Distributes tensors over files in their order, a new one whenever the next tensor would exceed the size; a tensor that is
 * larger by itself has a file of its own. Names are those of Hugging Face.
 *
 * @param maxBytes - values in a file; its header comes on top
 * @throws RangeError when `maxBytes` is not positive
 */
export function planShards<Tensor extends TensorToDeclare>(
  tensors: readonly Tensor[],
  maxBytes: number,
): ShardPlan<Tensor> {
  if (!(maxBytes > 0)) throw new RangeError(`planShards: maxBytes must be positive, but got ${maxBytes}`);
  const groups: Tensor[][] = [[]];
  let inLast = 0;
  let total = 0;
  for (const tensor of tensors) {
    const bytes = tensorBytes(tensor);
    if (inLast > 0 && inLast + bytes > maxBytes) {
      groups.push([]);
      inLast = 0;
    }
    groups.at(-1)!.push(tensor);
    inLast += bytes;
    total += bytes;
  }
  const shards = groups.map((group, i) => ({ file: shardName(i + 1, groups.length), tensors: group }));
  if (shards.length === 1) return { shards, index: null };
  const places = shards.flatMap((shard) => shard.tensors.map(({ name }) => [name, shard.file]));
  return {
    shards,
    index: {
      metadata: { total_size: total },
      weight_map: Object.fromEntries(places) as Record<string, string>,
    },
  };
}
