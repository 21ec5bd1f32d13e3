import type { LlamaConfig } from '../config/llama-config.ts';
import { huggingFaceTensors } from './hugging-face-names.ts';
import { requireTensor } from './open-safetensors.ts';
import type { SafetensorsReader, TensorEntry } from './safetensors.ts';
import { listed, quoted, SafetensorsError } from './safetensors-error.ts';

const HEAD = 'lm_head.weight';
const EMBEDDING = 'model.embed_tokens.weight';
/** Values compared at once. */
const CHUNK = 2 ** 20;

/**
 * Checks that files hold the tensors of Hugging Face's `LlamaForCausalLM` of this config, in F32, F16 or BF16, and no
 * others. Rotary frequencies, which old writers stored, follow from the config and are passed over; so is the head of a
 * model that ties it to the embedding, if it is stored and the same.
 *
 * @throws SafetensorsError naming the tensor that is missing, one too many, of another shape or dtype, or a head that differs
 */
export function checkLlamaTensors(reader: SafetensorsReader, config: LlamaConfig): void {
  const extra = new Map(reader.tensors);
  const where = [...new Set([...reader.tensors.values()].map(({ file }) => file))].join(', ') || 'the file';
  // Before the tensors of so many layers are listed: the number may be any.
  if (config.nLayers > reader.tensors.size) {
    throw new SafetensorsError(
      where,
      'the tensors',
      `must be those of ${config.nLayers} layers, as num_hidden_layers says, but are ${reader.tensors.size}; check that the config fits`,
    );
  }
  for (const { name, shape } of huggingFaceTensors(config)) {
    checkWeight(requireTensor(reader.tensors, name, where), name, shape);
    extra.delete(name);
  }
  for (const [name, entry] of extra) {
    if (name.endsWith('.rotary_emb.inv_freq')) continue;
    if (name !== HEAD || !config.tiedEmbeddings) {
      throw new SafetensorsError(
        entry.file,
        `tensor ${quoted(name)}`,
        'is none of this model, a LlamaForCausalLM; check that the config fits',
      );
    }
    checkWeight(entry, name, [config.vocabSize, config.dim]);
    checkTied(reader, entry);
  }
}

function checkWeight(entry: TensorEntry, name: string, shape: readonly number[]): void {
  if (!['F32', 'F16', 'BF16'].includes(entry.dtype)) {
    throw new SafetensorsError(
      entry.file,
      `dtype of tensor ${quoted(name)}`,
      `must be F32, F16 or BF16, but is ${entry.dtype}`,
    );
  }
  if (entry.shape.join() !== shape.join()) {
    throw new SafetensorsError(
      entry.file,
      `shape of tensor ${quoted(name)}`,
      `must be [${shape.join(', ')}], but is ${listed(entry.shape)}; check that the config fits`,
    );
  }
}

/** Another head than the embedding would be lost: the config says that they are one. */
function checkTied(reader: SafetensorsReader, { file, shape }: TensorEntry): void {
  const size = shape[0]! * shape[1]!;
  for (let start = 0; start < size; start += CHUNK) {
    const end = Math.min(size, start + CHUNK);
    const [head, embedding] = [HEAD, EMBEDDING].map((name) => reader.read(name, start, end));
    if (head!.some((value, i) => !Object.is(value, embedding![i]))) {
      throw new SafetensorsError(
        file,
        `tensor ${quoted(HEAD)}`,
        `must equal ${EMBEDDING}, as tie_word_embeddings says, but differs; set tie_word_embeddings to false`,
      );
    }
  }
}
