import { headDimOf, validateConfig } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';

/** The fields of a Hugging Face `config.json` of a `LlamaForCausalLM`. */
export interface HuggingFaceConfig {
  readonly architectures: readonly ['LlamaForCausalLM'];
  readonly model_type: 'llama';
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly intermediate_size: number;
  readonly max_position_embeddings: number;
  readonly rope_theta: number;
  readonly rms_norm_eps: number;
  readonly tie_word_embeddings: boolean;
  readonly hidden_act: 'silu';
  readonly attention_bias: false;
  readonly mlp_bias: false;
  readonly torch_dtype: 'float32';
}

/** The `config.json` with which Hugging Face transformers loads the weights of `saveLlama`. */
export function toHuggingFaceConfig(config: LlamaConfig): HuggingFaceConfig {
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
    rms_norm_eps: config.normEps,
    tie_word_embeddings: config.tiedEmbeddings,
    hidden_act: 'silu',
    attention_bias: false,
    mlp_bias: false,
    torch_dtype: 'float32',
  };
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
  const refuse = (field: string, expected: string): never => {
    throw new TypeError(
      `fromHuggingFaceConfig: ${field} must be ${expected}, but got ${JSON.stringify(json[field])}; this package does not compute that variant`,
    );
  };
  if (json['model_type'] !== 'llama') refuse('model_type', '"llama"');
  if ((json['hidden_act'] ?? 'silu') !== 'silu') refuse('hidden_act', '"silu"');
  if (json['rope_scaling'] != null) refuse('rope_scaling', 'absent');
  if (json['attention_bias'] === true) refuse('attention_bias', 'false');
  if (json['mlp_bias'] === true) refuse('mlp_bias', 'false');
  const number = (field: string, fallback?: number): number => {
    const value = json[field] ?? fallback;
    if (typeof value !== 'number') {
      throw new TypeError(
        `fromHuggingFaceConfig: ${field} must be a number, but got ${JSON.stringify(value)}; is this a config.json?`,
      );
    }
    return value;
  };
  const nHeads = number('num_attention_heads');
  const dim = number('hidden_size');
  const config: LlamaConfig = {
    name,
    vocabSize: number('vocab_size'),
    dim,
    nLayers: number('num_hidden_layers'),
    nHeads,
    nKvHeads: number('num_key_value_heads', nHeads),
    headDim: number('head_dim', dim / nHeads),
    ffnDim: number('intermediate_size'),
    context: number('max_position_embeddings', 2048),
    ropeTheta: number('rope_theta', 10_000),
    normEps: number('rms_norm_eps', 1e-6),
    tiedEmbeddings: json['tie_word_embeddings'] === true,
  };
  validateConfig(config);
  return config;
}
