import { headDimOf, validateConfig } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import type { FloatDtype } from './encode-floats.ts';
import { ropeOfHuggingFace, ropeScalingForHuggingFace } from './hugging-face-rope.ts';
import type { Json } from './hugging-face-rope.ts';

/** The fields of a Hugging Face `config.json` of a `LlamaForCausalLM`. */
export interface HuggingFaceConfig {
  /** Class of transformers that loads the weights. */
  readonly architectures: readonly ['LlamaForCausalLM'];
  /** Name by which transformers finds the class of this config. */
  readonly model_type: 'llama';
  /** Tokens of the vocabulary, the rows of the embedding. */
  readonly vocab_size: number;
  /** Width of the residual stream: `dim`. */
  readonly hidden_size: number;
  /** Blocks: `nLayers`. */
  readonly num_hidden_layers: number;
  /** Query heads of a block: `nHeads`. */
  readonly num_attention_heads: number;
  /** Key and value heads of a block, a divisor of the query heads: `nKvHeads`. */
  readonly num_key_value_heads: number;
  /** Components per head, even. */
  readonly head_dim: number;
  /** Hidden width of the feed-forward network: `ffnDim`. */
  readonly intermediate_size: number;
  /** Greatest number of positions: `context`. */
  readonly max_position_embeddings: number;
  /** Base of the rotary angles. */
  readonly rope_theta: number;
  /** Stretching of the rotary angles: `rope_type`, `factor` and what that type needs; null for none. */
  readonly rope_scaling: Readonly<Record<string, unknown>> | null;
  /** Added to the mean square in RMSNorm: `normEps`. */
  readonly rms_norm_eps: number;
  /** Whether the head shares the weights of the embedding. */
  readonly tie_word_embeddings: boolean;
  /** Activation of the gate of the feed-forward network; with `silu` it is SwiGLU. */
  readonly hidden_act: 'silu';
  /** Whether the query, key, value and output projections have biases. */
  readonly attention_bias: false;
  /** Whether the gate, up and down projections have biases. */
  readonly mlp_bias: false;
  /** Id of the token that begins a text, null for none. */
  readonly bos_token_id: number | null;
  /** Ids of the tokens that end a text, null for none. */
  readonly eos_token_id: number | readonly number[] | null;
  /** Id of the token that fills up the rows of a batch, null for none. */
  readonly pad_token_id: number | null;
  /** Element type of the weights, as PyTorch names it. */
  readonly torch_dtype: 'float32' | 'bfloat16' | 'float16';
}

/** What a `config.json` says beside the shape of the model. */
export interface HuggingFaceConfigOptions {
  /** Element type of the weights. Default F32. */
  readonly dtype?: FloatDtype;
  /** Id of the token that begins a text. Default none. */
  readonly bosTokenId?: number | null;
  /** Ids of the tokens that end a text. Default none. */
  readonly eosTokenId?: number | readonly number[] | null;
  /** Id of the token that fills up rows. Default none. */
  readonly padTokenId?: number | null;
}

const TORCH_DTYPES = { F32: 'float32', BF16: 'bfloat16', F16: 'float16' } as const;

/**
 * The `config.json` with which Hugging Face transformers, 4 and 5, loads the weights of a model.
 *
 * @throws RangeError when the width is no multiple of the heads, which transformers refuses whatever `head_dim` says
 */
export function toHuggingFaceConfig(
  config: LlamaConfig,
  { dtype = 'F32', bosTokenId = null, eosTokenId = null, padTokenId = null }: HuggingFaceConfigOptions = {},
): HuggingFaceConfig {
  if (config.dim % config.nHeads !== 0) {
    throw new RangeError(
      `toHuggingFaceConfig: dim must be a multiple of nHeads for transformers, but got ${config.dim} and ${config.nHeads}`,
    );
  }
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: config.vocabSize,
    hidden_size: config.dim,
    num_hidden_layers: config.nLayers,
    num_attention_heads: config.nHeads,
    num_key_value_heads: config.nKvHeads,
    head_dim: headDimOf(config),
    intermediate_size: config.ffnDim,
    max_position_embeddings: config.context,
    rope_theta: config.ropeTheta,
    rope_scaling: ropeScalingForHuggingFace(config.ropeScaling),
    rms_norm_eps: config.normEps,
    tie_word_embeddings: config.tiedEmbeddings,
    hidden_act: 'silu',
    attention_bias: false,
    mlp_bias: false,
    // Left out, they would be LLaMA's 1 and 2.
    bos_token_id: bosTokenId,
    eos_token_id: eosTokenId,
    pad_token_id: padTokenId,
    torch_dtype: TORCH_DTYPES[dtype],
  };
}

/** Fields that are floats in Python, where 8 and 8.0 differ: transformers 4 warns of a factor that is no float. */
const FLOAT_FIELDS = /("(?:\w*factor|beta_\w+|rope_theta|rms_norm_eps)": -?\d+)(?=[,\n])/g;

/** The text of a `config.json`. */
export function stringifyHuggingFaceConfig(config: HuggingFaceConfig): string {
  return `${JSON.stringify(config, null, 2).replaceAll(FLOAT_FIELDS, '$1.0')}\n`;
}

/**
 * The config of a Hugging Face `config.json`.
 *
 * @param json - the parsed file; fields that Hugging Face lets be absent have its defaults
 * @param name - of the config
 * @throws TypeError when it describes another architecture, or a variant this package does not compute
 * @throws RangeError when a field does not fit
 */
export function fromHuggingFaceConfig(json: Readonly<Record<string, unknown>>, name: string): LlamaConfig {
  refuseVariants(json);
  const number = (field: string, fallback?: number): number => {
    const value = json[field] ?? fallback;
    if (typeof value !== 'number') {
      throw new TypeError(
        `fromHuggingFaceConfig: ${field} must be a number, but is ${JSON.stringify(value)}; is this a config.json?`,
      );
    }
    return value;
  };
  const nHeads = number('num_attention_heads');
  const dim = number('hidden_size');
  const headDim = number('head_dim', dim / nHeads);
  const config: LlamaConfig = {
    name,
    vocabSize: number('vocab_size'),
    dim,
    nLayers: number('num_hidden_layers'),
    nHeads,
    nKvHeads: number('num_key_value_heads', nHeads),
    ...(headDim === dim / nHeads ? {} : { headDim }),
    ffnDim: number('intermediate_size'),
    context: number('max_position_embeddings', 2048),
    ...ropeOfHuggingFace(json),
    normEps: number('rms_norm_eps', 1e-6),
    tiedEmbeddings: json['tie_word_embeddings'] === true,
  };
  validateConfig(config);
  return config;
}

/** What a `config.json` may say that this package would compute otherwise. */
function refuseVariants(json: Json): void {
  const refuse = (field: string, expected: string): never => {
    throw new TypeError(
      `fromHuggingFaceConfig: ${field} must be ${expected}, but is ${JSON.stringify(json[field])}; this package does not compute that variant`,
    );
  };
  if (json['model_type'] !== 'llama') refuse('model_type', '"llama"');
  const { architectures } = json;
  if (
    architectures != null &&
    !(Array.isArray(architectures) && architectures.includes('LlamaForCausalLM'))
  ) {
    refuse('architectures', '["LlamaForCausalLM"]');
  }
  if ((json['hidden_act'] ?? 'silu') !== 'silu') refuse('hidden_act', '"silu"');
  for (const field of ['attention_bias', 'mlp_bias']) {
    if ((json[field] ?? false) !== false) refuse(field, 'false');
  }
  if (json['quantization_config'] != null) refuse('quantization_config', 'absent');
  if (typeof (json['tie_word_embeddings'] ?? false) !== 'boolean') {
    refuse('tie_word_embeddings', 'true or false');
  }
}
