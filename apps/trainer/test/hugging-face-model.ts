import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { normalFloats } from '@nibble-ml/testing';

/** A `config.json` of a LlamaForCausalLM, as far as tests set it. */
export interface LlamaJson {
  readonly [field: string]: unknown;
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly max_position_embeddings: number;
  readonly rms_norm_eps: number;
}

/** A small model with grouped queries. */
export const smallLlama: LlamaJson = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: 300,
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 128,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: false,
  bos_token_id: null,
  eos_token_id: 0,
};

/** A tensor by its name at Hugging Face. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Element types that a test writes. */
export type Dtype = 'F32' | 'BF16' | 'F16';

/** Weights of a model, drawn wider than they start so that every layer matters, and of values that `dtype` has. */
export function drawWeights(config: LlamaJson, dtype: Dtype, seed: number): Map<string, NamedTensor> {
  const dim = config.hidden_size;
  const heads = config.num_attention_heads;
  const headDim = (config['head_dim'] as number | undefined) ?? dim / heads;
  const kv = config.num_key_value_heads * headDim;
  const shapes: [string, number[]][] = [['model.embed_tokens.weight', [config.vocab_size, dim]]];
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const at = `model.layers.${layer}`;
    shapes.push(
      [`${at}.input_layernorm.weight`, [dim]],
      [`${at}.self_attn.q_proj.weight`, [heads * headDim, dim]],
      [`${at}.self_attn.k_proj.weight`, [kv, dim]],
      [`${at}.self_attn.v_proj.weight`, [kv, dim]],
      [`${at}.self_attn.o_proj.weight`, [dim, heads * headDim]],
      [`${at}.post_attention_layernorm.weight`, [dim]],
      [`${at}.mlp.gate_proj.weight`, [config.intermediate_size, dim]],
      [`${at}.mlp.up_proj.weight`, [config.intermediate_size, dim]],
      [`${at}.mlp.down_proj.weight`, [dim, config.intermediate_size]],
    );
  }
  shapes.push(['model.norm.weight', [dim]]);
  if (config['tie_word_embeddings'] !== true) shapes.push(['lm_head.weight', [config.vocab_size, dim]]);
  return new Map(
    shapes.map(([name, shape], i) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const drawn = normalFloats(size, seed * 1000 + i);
      const values = drawn.map((value) =>
        roundTo(shape.length === 1 ? 1 + 0.3 * value : 0.25 * value, dtype),
      );
      return [name, { shape, values }];
    }),
  );
}

/** The nearest value of fewer fraction bits; the tests' weights are far from the ends of every range. */
function roundTo(value: number, dtype: Dtype): number {
  if (dtype === 'F32' || value === 0) return Math.fround(value);
  const bits = dtype === 'BF16' ? 7 : 10;
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -14) - bits);
  return Math.round(value / step) * step;
}

/** The bytes of a safetensors file, written from the specification of the format. */
function safetensorsBytes(tensors: ReadonlyMap<string, NamedTensor>, dtype: Dtype): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Buffer[] = [];
  let at = 0;
  for (const [name, { shape, values }] of tensors) {
    const width = dtype === 'F32' ? 4 : 2;
    const part = Buffer.alloc(values.length * width);
    for (const [i, value] of values.entries()) {
      if (dtype === 'F32') part.writeFloatLE(value, 4 * i);
      else part.writeUInt16LE(codeOf(value, dtype), 2 * i);
    }
    header[name] = { dtype, shape, data_offsets: [at, at + part.length] };
    at += part.length;
    parts.push(part);
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

/** The code of a value that the type has; of F16 normal values only. */
function codeOf(value: number, dtype: 'BF16' | 'F16'): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  if (dtype === 'BF16') return bits >>> 16;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  if (exponent > 0) return sign | (exponent << 10) | ((bits >>> 13) & 0x3ff);
  return sign | Math.round(Math.abs(value) * 2 ** 24);
}

/** What {@link writeModel} writes. */
export interface WriteModelOptions {
  readonly config: LlamaJson;
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly dtype: Dtype;
  readonly tokenizerJson: string;
  /** Files to distribute the tensors over. Default 1. */
  readonly shards?: number;
}

/** Writes a model's folder as Hugging Face transformers does. */
export function writeModel(folder: string, options: WriteModelOptions): void {
  const { config, tensors, dtype, tokenizerJson, shards = 1 } = options;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config, null, 2));
  writeFileSync(join(folder, 'tokenizer.json'), tokenizerJson);
  if (shards === 1) {
    writeFileSync(join(folder, 'model.safetensors'), safetensorsBytes(tensors, dtype));
    return;
  }
  const map: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard++) {
    const file = `model-${five(shard + 1)}-of-${five(shards)}.safetensors`;
    const own = [...tensors].filter((_, i) => i % shards === shard);
    for (const [name] of own) map[name] = file;
    writeFileSync(join(folder, file), safetensorsBytes(new Map(own), dtype));
  }
  const index = { metadata: { total_size: 0 }, weight_map: map };
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify(index, null, 2));
}

function five(value: number): string {
  return String(value).padStart(5, '0');
}
