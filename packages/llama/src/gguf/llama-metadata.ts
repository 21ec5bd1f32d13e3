import { headDimOf, validateConfig } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { numberOf } from './metadata-number.ts';
import type { GgufValue } from './metadata.ts';
import type { GgufFile } from './read-gguf.ts';
import { readRopeScaling, ropeMetadata } from './rope-metadata.ts';

/** The value of `general.file_type` for the type that most weights have (llama.cpp's `llama_ftype`). */
const GGUF_FILE_TYPES = {
  F32: 0,
  F16: 1,
  Q8_0: 7,
  BF16: 32,
  MXFP4: 38,
  NVFP4: 39,
} as const;

/** Options of {@link llamaMetadata}. */
export interface LlamaMetadataOptions {
  /** What to call the model. Default the config's name. */
  readonly name?: string;
  /** The type of most weights. */
  readonly fileType: keyof typeof GGUF_FILE_TYPES;
  /** Hidden width of the feed-forward network in the file; see `llamaTensors`. */
  readonly feedForwardLength?: number;
}

/** The model's own width where zeros fill up the file's: a key of this package, for readers who want it back. */
const OWN_WIDTH = 'nibble.feed_forward_length';

/**
 * The metadata by which llama.cpp knows a model: `general.*` and `llama.*`. The tokenizer is not part of it. Scaled rotary
 * angles need the tensor of `ropeFactors` beside it.
 *
 * @throws RangeError when the config describes no model
 */
export function llamaMetadata(
  config: LlamaConfig,
  { name = config.name, fileType, feedForwardLength = config.ffnDim }: LlamaMetadataOptions,
): Map<string, GgufValue> {
  validateConfig(config);
  const headDim = headDimOf(config);
  const counts = {
    vocab_size: config.vocabSize,
    context_length: config.context,
    embedding_length: config.dim,
    block_count: config.nLayers,
    feed_forward_length: feedForwardLength,
    'attention.head_count': config.nHeads,
    'attention.head_count_kv': config.nKvHeads,
    'attention.key_length': headDim,
    'attention.value_length': headDim,
    'rope.dimension_count': headDim,
  };
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.type', { type: 'string', value: 'model' }],
    ['general.name', { type: 'string', value: name }],
    ['general.file_type', { type: 'uint32', value: GGUF_FILE_TYPES[fileType] }],
    // The version of ggml's block layouts: 2 since May 2023.
    ['general.quantization_version', { type: 'uint32', value: 2 }],
  ]);
  for (const [key, value] of Object.entries(counts)) metadata.set(`llama.${key}`, { type: 'uint32', value });
  metadata.set('llama.rope.freq_base', { type: 'float32', value: config.ropeTheta });
  metadata.set('llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: config.normEps });
  for (const [key, value] of ropeMetadata(config)) metadata.set(key, value);
  if (feedForwardLength !== config.ffnDim) metadata.set(OWN_WIDTH, { type: 'uint32', value: config.ffnDim });
  return metadata;
}

/**
 * Checks counts of the metadata against tensors, whose bytes are there: all that is made for a model is then bounded by
 * the file.
 */
function requireShapes(file: GgufFile, config: LlamaConfig, feedForwardLength: number): void {
  const { vocabSize, dim, nLayers, nHeads, nKvHeads } = config;
  const headDim = headDimOf(config);
  if (nLayers > file.tensors.size) {
    throw new RangeError(
      `readLlamaMetadata: llama.block_count must be that of the blocks there are, but is ${nLayers}, and the file has ${file.tensors.size} tensors`,
    );
  }
  const shapes: Readonly<Record<string, readonly number[]>> = {
    'token_embd.weight': [vocabSize, dim],
    'blk.0.attn_q.weight': [nHeads * headDim, dim],
    'blk.0.attn_k.weight': [nKvHeads * headDim, dim],
    'blk.0.ffn_down.weight': [dim, feedForwardLength],
  };
  for (const [name, shape] of Object.entries(shapes)) {
    const found = file.tensors.get(name)?.shape;
    if (found?.join() !== shape.join()) {
      throw new RangeError(
        `readLlamaMetadata: the keys of llama.* want ${name} of shape [${shape.join(', ')}], but ${found === undefined ? 'it is missing' : `it has [${found.join(', ')}]`}`,
      );
    }
  }
}

/** What a GGUF file says of a LLaMA model. */
export interface LlamaOfGguf {
  /** The shape of the model. */
  readonly config: LlamaConfig;
  /** Hidden width of the feed-forward network in the file: the config's, or more, filled up with zeros. */
  readonly feedForwardLength: number;
}

/**
 * The config of a GGUF file, whoever wrote it.
 *
 * @throws TypeError when it is of another architecture, a variant that this package does not compute, or a key has a
 * value of the wrong type
 * @throws RangeError when a key is missing or does not fit
 */
export function readLlamaMetadata(file: GgufFile): LlamaOfGguf {
  const architecture = file.value('general.architecture');
  if (architecture?.value !== 'llama') {
    throw new TypeError(
      `readLlamaMetadata: general.architecture must be "llama", but is ${JSON.stringify(architecture?.value)}; other architectures are not computed`,
    );
  }
  if ((numberOf(file, 'llama.expert_count') ?? 0) > 0) {
    throw new TypeError(
      'readLlamaMetadata: llama.expert_count must be 0; mixtures of experts are not computed',
    );
  }
  const required = (key: string): number => {
    const value = numberOf(file, key);
    if (value === undefined) throw new RangeError(`readLlamaMetadata: the file must have the key ${key}`);
    return value;
  };
  const dim = required('llama.embedding_length');
  const nHeads = required('llama.attention.head_count');
  const headDim = numberOf(file, 'llama.attention.key_length') ?? dim / nHeads;
  for (const key of ['llama.attention.value_length', 'llama.rope.dimension_count']) {
    const width = numberOf(file, key) ?? headDim;
    if (width !== headDim) {
      throw new TypeError(`readLlamaMetadata: ${key} must be ${headDim}, as keys are wide, but got ${width}`);
    }
  }
  const feedForwardLength = required('llama.feed_forward_length');
  const ffnDim = numberOf(file, OWN_WIDTH) ?? feedForwardLength;
  if (ffnDim > feedForwardLength) {
    throw new RangeError(
      `readLlamaMetadata: ${OWN_WIDTH} must be at most llama.feed_forward_length ${feedForwardLength}, but got ${ffnDim}`,
    );
  }
  const name = file.value('general.name');
  const embedding = file.tensors.get('token_embd.weight');
  const base: LlamaConfig = {
    name: name?.type === 'string' && name.value !== '' ? name.value : 'llama',
    vocabSize:
      numberOf(file, 'llama.vocab_size') ??
      file.itemCount('tokenizer.ggml.tokens') ??
      embedding?.shape[0] ??
      0,
    dim,
    nLayers: required('llama.block_count'),
    nHeads,
    nKvHeads: numberOf(file, 'llama.attention.head_count_kv') ?? nHeads,
    ...(headDim === dim / nHeads ? {} : { headDim }),
    ffnDim,
    context: required('llama.context_length'),
    ropeTheta: numberOf(file, 'llama.rope.freq_base') ?? 10_000,
    normEps: required('llama.attention.layer_norm_rms_epsilon'),
    tiedEmbeddings: !file.tensors.has('output.weight'),
  };
  validateConfig(base);
  requireShapes(file, base, feedForwardLength);
  const ropeScaling = readRopeScaling(file, base);
  return { config: ropeScaling === undefined ? base : { ...base, ropeScaling }, feedForwardLength };
}
