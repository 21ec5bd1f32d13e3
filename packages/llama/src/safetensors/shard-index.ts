import { JsonCursor } from './json-cursor.ts';
import { quoted, SafetensorsError } from './safetensors-error.ts';

/** The name of the index of a model in several safetensors files. */
export const SHARD_INDEX = 'model.safetensors.index.json';

/**
 * Reads the index of sharded safetensors: which file holds which tensor.
 *
 * @param text - of a `model.safetensors.index.json`
 * @param file - what an error calls it
 * @returns the tensors of each shard, by the shard's file name
 * @throws SafetensorsError when it is malformed, names a tensor twice, or names a shard that is not a file of the same
 * folder
 */
export function parseShardIndex(text: string, file: string = SHARD_INDEX): Map<string, Set<string>> {
  const shards = new Map<string, Set<string>>();
  let field = 'the index';
  const cursor = new JsonCursor(text, (problem) => {
    throw new SafetensorsError(file, field, problem);
  });
  let hasMap = false;
  cursor.object((key) => {
    if (key === 'weight_map') {
      hasMap = true;
      field = 'weight_map';
      cursor.object((tensor) => {
        field = `the shard of tensor ${quoted(tensor)}`;
        const shard = cursor.string();
        checkShardName(shard, file, field);
        const tensors = shards.get(shard);
        if (tensors === undefined) shards.set(shard, new Set([tensor]));
        else tensors.add(tensor);
        field = 'weight_map';
      });
    } else {
      field = quoted(key);
      cursor.value();
    }
    field = 'the index';
  });
  cursor.end();
  if (!hasMap) throw new SafetensorsError(file, 'weight_map', 'is missing');
  if (shards.size === 0) throw new SafetensorsError(file, 'weight_map', 'must name a tensor, but is empty');
  return shards;
}

/** A name with a separator, a drive or a stream could lead out of the folder; one with a zero ends early in C. */
function checkShardName(shard: string, file: string, field: string): void {
  // eslint-disable-next-line no-control-regex
  if (/^[^./\\:\u0000-\u001f][^/\\:\u0000-\u001f]*\.safetensors$/.test(shard) && shard.length <= 255) return;
  throw new SafetensorsError(
    file,
    field,
    `must be the name of a .safetensors file of the same folder, but is ${quoted(shard)}`,
  );
}

/** The index that goes with shards. */
export interface ShardIndex {
  /** What Hugging Face writes beside the map. */
  readonly metadata: {
    /** Bytes of the values of all tensors, without the headers of the files. */
    readonly total_size: number;
  };
  /** File name of the shard that holds a tensor, by the tensor's name. */
  readonly weight_map: Readonly<Record<string, string>>;
}

/**
 * The name of a shard, as Hugging Face names them.
 *
 * @param number - from 1
 */
export function shardName(number: number, count: number): string {
  if (count === 1) return 'model.safetensors';
  return `model-${fiveDigits(number)}-of-${fiveDigits(count)}.safetensors`;
}

function fiveDigits(value: number): string {
  return String(value).padStart(5, '0');
}
