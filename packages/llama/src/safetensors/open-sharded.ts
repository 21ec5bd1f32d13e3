import type { ByteSource } from './byte-source.ts';
import { openSafetensors, requireTensor } from './open-safetensors.ts';
import type { SafetensorsReader, TensorEntry } from './safetensors.ts';
import { quoted, SafetensorsError } from './safetensors-error.ts';
import { parseShardIndex, SHARD_INDEX } from './shard-index.ts';

/**
 * Opens a model in several safetensors files. Index and files must agree: each tensor that the index names is in its
 * shard, and no shard holds another.
 *
 * @param indexText - of the `model.safetensors.index.json`
 * @param open - opens a shard of the same folder; called once for each, after all names are checked
 * @throws SafetensorsError naming the file and the field that is malformed
 */
export function openSharded(indexText: string, open: (shard: string) => ByteSource): SafetensorsReader {
  const tensors = new Map<string, TensorEntry>();
  const metadata: Record<string, string> = Object.create(null);
  const readers = new Map<string, SafetensorsReader>();
  for (const [shard, names] of parseShardIndex(indexText)) {
    const source = open(shard);
    const reader = openSafetensors(source);
    for (const name of names) tensors.set(name, requireTensor(reader.tensors, name, source.name));
    const extra = [...reader.tensors.keys()].find((name) => !names.has(name));
    if (extra !== undefined) {
      throw new SafetensorsError(
        source.name,
        `tensor ${quoted(extra)}`,
        'must be in the index, but is not; the shard belongs to another model',
      );
    }
    readers.set(source.name, reader);
    Object.assign(metadata, reader.metadata);
  }
  return {
    tensors,
    metadata,
    read: (name, start, end) => {
      const { file } = requireTensor(tensors, name, SHARD_INDEX);
      return readers.get(file)!.read(name, start, end);
    },
  };
}
