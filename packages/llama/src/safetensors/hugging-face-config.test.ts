import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCALINGS } from '../../test/rope-scalings.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { findModel, modelZoo } from '../config/model-zoo.ts';
import type { RopeScaling } from '../rope/rope-scaling.ts';
import {
  fromHuggingFaceConfig,
  stringifyHuggingFaceConfig,
  toHuggingFaceConfig,
} from './hugging-face-config.ts';

const NANO = findModel('nano');
const json: Record<string, unknown> = { ...toHuggingFaceConfig(NANO) };

function read(change: Record<string, unknown>): LlamaConfig {
  return fromHuggingFaceConfig({ ...json, ...change }, 'x');
}

describe('toHuggingFaceConfig', () => {
  it('has the fields of LlamaForCausalLM', () => {
    const options = { dtype: 'BF16', bosTokenId: 1, eosTokenId: [2, 3], padTokenId: 0 } as const;
    expect(toHuggingFaceConfig({ ...NANO, ropeScaling: SCALINGS.llama3 }, options)).toEqual({
      architectures: ['LlamaForCausalLM'],
      model_type: 'llama',
      vocab_size: 256,
      hidden_size: 32,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      num_key_value_heads: 1,
      head_dim: 16,
      intermediate_size: 88,
      max_position_embeddings: 64,
      rope_theta: 10_000,
      rope_scaling: {
        rope_type: 'llama3',
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 64,
      },
      rms_norm_eps: 1e-5,
      tie_word_embeddings: false,
      hidden_act: 'silu',
      attention_bias: false,
      mlp_bias: false,
      bos_token_id: 1,
      eos_token_id: [2, 3],
      pad_token_id: 0,
      torch_dtype: 'bfloat16',
    });
  });

  it('is read back as the same config', () => {
    const scaled: LlamaConfig[] = [];
    for (const ropeScaling of Object.values<RopeScaling>(SCALINGS)) scaled.push({ ...NANO, ropeScaling });
    const odd = { ...NANO, headDim: 20, tiedEmbeddings: true, ropeTheta: 500_000, normEps: 1e-6 };
    for (const config of [...Object.values(modelZoo), ...scaled, odd]) {
      const text = stringifyHuggingFaceConfig(toHuggingFaceConfig(config));
      expect(fromHuggingFaceConfig(JSON.parse(text) as Record<string, unknown>, config.name)).toEqual(config);
    }
  });

  it('writes floats that Python reads as floats, and counts that it reads as counts', () => {
    const text = stringifyHuggingFaceConfig(toHuggingFaceConfig({ ...NANO, ropeScaling: SCALINGS.llama3 }));
    for (const line of ['"factor": 8.0', '"low_freq_factor": 1.0', '"high_freq_factor": 4.0']) {
      expect(text).toContain(line);
    }
    expect(text).toContain('"rope_theta": 10000.0,');
    expect(text).toContain('"original_max_position_embeddings": 64\n');
    expect(text).toContain('"vocab_size": 256,');
    expect(text).toContain('"rms_norm_eps": 0.00001,');
  });

  it('refuses a width that transformers refuses', () => {
    expect(() => toHuggingFaceConfig({ ...NANO, dim: 30, nHeads: 4, nKvHeads: 2, headDim: 8 })).toThrow(
      'toHuggingFaceConfig: dim must be a multiple of nHeads for transformers, but got 30 and 4',
    );
  });
});

describe('fromHuggingFaceConfig', () => {
  it('has the defaults of transformers', () => {
    const least = { model_type: 'llama', vocab_size: 8, hidden_size: 16, num_hidden_layers: 1 };
    expect(fromHuggingFaceConfig({ ...least, num_attention_heads: 2, intermediate_size: 4 }, 'x')).toEqual({
      name: 'x',
      vocabSize: 8,
      dim: 16,
      nLayers: 1,
      nHeads: 2,
      nKvHeads: 2,
      ffnDim: 4,
      context: 2048,
      ropeTheta: 10_000,
      normEps: 1e-6,
      tiedEmbeddings: false,
    });
    expect(read({ head_dim: null, num_key_value_heads: null })).toMatchObject({ nKvHeads: 2 });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['model_type', { model_type: 'qwen2' }, 'model_type must be "llama", but is "qwen2"'],
    ['architectures', { architectures: ['LlamaForTokenClassification'] }, 'architectures must be'],
    ['hidden_act', { hidden_act: 'gelu' }, 'hidden_act must be "silu", but is "gelu"'],
    ['attention_bias', { attention_bias: true }, 'attention_bias must be false, but is true'],
    ['mlp_bias', { mlp_bias: true }, 'mlp_bias must be false, but is true'],
    ['quantization_config', { quantization_config: { bits: 4 } }, 'quantization_config must be absent'],
    ['tie_word_embeddings', { tie_word_embeddings: 'yes' }, 'tie_word_embeddings must be true or false'],
    ['partial_rotary_factor', { partial_rotary_factor: 0.5 }, 'partial_rotary_factor must be 1, but is 0.5'],
    [
      'dynamic scaling',
      { rope_scaling: { type: 'dynamic', factor: 2 } },
      'rope_scaling.rope_type must be default, linear, llama3 or yarn, but is "dynamic"; this package does not compute',
    ],
    ['longrope', { rope_parameters: { rope_type: 'longrope' } }, 'rope_parameters.rope_type must be'],
    [
      'angles by kind of layer',
      { rope_parameters: { full_attention: { rope_type: 'default' } } },
      'rope_parameters.rope_type must be',
    ],
    ['scaling that is a list', { rope_scaling: [1] }, 'rope_scaling must be an object, but is [1]'],
    [
      'a factor that is missing',
      { rope_scaling: { type: 'linear' } },
      'rope_scaling.factor must be a number, but is undefined',
    ],
    [
      'a factor that is a string',
      { rope_scaling: { rope_type: 'llama3', factor: '8' } },
      'rope_scaling.factor must be a number, but is "8"',
    ],
    [
      'no width',
      { hidden_size: undefined },
      'hidden_size must be a number, but is undefined; is this a config',
    ],
  ])('refuses what is not computed: %s', (_, change, message) => {
    expect(() => read(change)).toThrow(TypeError);
    expect(() => read(change)).toThrow(`fromHuggingFaceConfig: ${message}`);
  });

  it('answers any value of any field with a model, a TypeError or a RangeError', () => {
    const fields = [...Object.keys(json), 'rope_parameters', 'partial_rotary_factor', 'quantization_config'];
    const scaling = fc.record(
      {
        rope_type: fc.oneof(fc.constantFrom('llama3', 'yarn', 'linear', 'dynamic'), fc.jsonValue()),
        factor: fc.jsonValue(),
        low_freq_factor: fc.jsonValue(),
        high_freq_factor: fc.jsonValue(),
        original_max_position_embeddings: fc.jsonValue(),
        beta_fast: fc.jsonValue(),
        attention_factor: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const counts = { models: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...fields),
        fc.oneof(fc.jsonValue({ maxDepth: 2 }), scaling),
        (field, value) => {
          try {
            const config = read({ [field]: value });
            if (!(config.ropeTheta > 0 && config.dim % 1 === 0)) throw new Error(JSON.stringify(config));
            counts.models++;
          } catch (error) {
            if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
            counts.refused++;
          }
        },
      ),
      { seed: 6, numRuns: 3000 },
    );
    expect(counts.models).toBeGreaterThan(200);
    expect(counts.refused).toBeGreaterThan(1000);
  });

  it('refuses numbers that make no model', () => {
    expect(() => read({ num_key_value_heads: 3 })).toThrow(RangeError);
    expect(() => read({ vocab_size: 1.5 })).toThrow(RangeError);
    expect(() => read({ rope_scaling: { type: 'linear', factor: 0 } })).toThrow('factor must be at least 1');
  });
});

describe('rotary fields of a config.json', () => {
  const llama3 = {
    factor: 32,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  };
  const expected = { factor: 32, lowFreqFactor: 1, highFreqFactor: 4, originalContext: 8192 };

  it('are those of transformers 4: rope_theta and rope_scaling', () => {
    expect(read({ rope_theta: 5e5, rope_scaling: { rope_type: 'llama3', ...llama3 } })).toMatchObject({
      ropeTheta: 5e5,
      ropeScaling: { type: 'llama3', ...expected },
    });
    expect(read({ rope_scaling: { type: 'linear', factor: 2 } }).ropeScaling).toEqual({
      type: 'linear',
      factor: 2,
    });
    expect(read({ rope_scaling: null })).not.toHaveProperty('ropeScaling');
  });

  it('are those of transformers 5: rope_parameters', () => {
    const { rope_theta: _, rope_scaling: __, ...rest } = json;
    const parameters = { rope_theta: 5e5, rope_type: 'llama3', ...llama3 };
    expect(fromHuggingFaceConfig({ ...rest, rope_parameters: parameters }, 'x')).toMatchObject({
      ropeTheta: 5e5,
      ropeScaling: { type: 'llama3', ...expected },
    });
    const plain = fromHuggingFaceConfig(
      { ...rest, rope_parameters: { rope_theta: 2e4, rope_type: 'default' } },
      'x',
    );
    expect(plain.ropeTheta).toBe(2e4);
    expect(plain).not.toHaveProperty('ropeScaling');
  });

  it('have the precedence of transformers 5', () => {
    // rope_scaling before rope_parameters; rope_theta inside before outside; the original length outside before inside.
    const change = {
      rope_theta: 1e4,
      rope_scaling: { rope_theta: 3e4, rope_type: 'llama3', ...llama3 },
      rope_parameters: { rope_theta: 2e4, rope_type: 'default' },
      original_max_position_embeddings: 4096,
    };
    expect(read(change)).toMatchObject({
      ropeTheta: 3e4,
      ropeScaling: { ...expected, originalContext: 4096 },
    });
    expect(read({ ...change, rope_scaling: {} })).toMatchObject({ ropeTheta: 2e4 });
    const { original_max_position_embeddings: _, ...without } = llama3;
    expect(
      read({ max_position_embeddings: 128, rope_scaling: { rope_type: 'llama3', ...without } }).ropeScaling,
    ).toMatchObject({ originalContext: 128 });
  });

  it('give YaRN its defaults', () => {
    const yarn = { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 32 };
    const defaults = {
      type: 'yarn',
      factor: 4,
      originalContext: 32,
      betaFast: 32,
      betaSlow: 1,
      attentionFactor: 0.1 * Math.log(4) + 1,
      truncate: true,
    };
    expect(read({ rope_scaling: yarn }).ropeScaling).toEqual(defaults);
    expect(read({ rope_scaling: { ...yarn, factor: null, beta_fast: 0 } }).ropeScaling).toEqual({
      ...defaults,
      factor: 2,
      attentionFactor: 0.1 * Math.log(2) + 1,
    });
    const deepseek = { ...yarn, factor: 40, mscale: 0.8, mscale_all_dim: 1, truncate: false };
    const attentionFactor = (0.08 * Math.log(40) + 1) / (0.1 * Math.log(40) + 1);
    expect(read({ rope_scaling: deepseek }).ropeScaling).toMatchObject({ attentionFactor, truncate: false });
    expect(read({ rope_scaling: { ...yarn, attention_factor: 1.5 } }).ropeScaling).toMatchObject({
      attentionFactor: 1.5,
    });
  });
});
