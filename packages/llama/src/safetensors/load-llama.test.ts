import { bitsOf, expectNoLeaks, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { findModel } from '../config/model-zoo.ts';
import { createLlama } from '../model/create-llama.ts';
import { decodeSafetensors } from './decode-safetensors.ts';
import { encodeSafetensors } from './encode-safetensors.ts';
import type { TensorToEncode } from './encode-safetensors.ts';
import { fromHuggingFaceConfig, toHuggingFaceConfig } from './hugging-face-config.ts';
import { loadLlama } from './load-llama.ts';
import { saveLlama } from './save-llama.ts';

const CONFIG = { ...findModel('nano'), nHeads: 4, nKvHeads: 2, nLayers: 2 };

describe.each(testBackends)('saveLlama and loadLlama on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([false, true])('give back every bit (tied: %s)', async (tiedEmbeddings) => {
    await expectNoLeaks(async () => {
      const config = { ...CONFIG, tiedEmbeddings };
      const model = createLlama(config, { seed: 4 });
      const loaded = loadLlama(await saveLlama(model), config);
      expect([...loaded.parameters.keys()]).toEqual([...model.parameters.keys()]);
      for (const [name, variable] of model.parameters) {
        const [before, after] = await Promise.all([variable.data(), loaded.parameters.get(name)!.data()]);
        expect(bitsOf(after as Float32Array)).toEqual(bitsOf(before as Float32Array));
      }
      loaded.dispose();
      model.dispose();
    });
  });
});

describe('saveLlama', () => {
  beforeAll(() => useBackend('cpu'));

  it('has the names and shapes of LlamaForCausalLM, with split query, key, value, gate and up', async () => {
    const model = createLlama(CONFIG, { seed: 4 });
    const { tensors, metadata } = decodeSafetensors(await saveLlama(model));
    expect(metadata).toEqual({ format: 'pt' });
    const layer = (block: number): [string, number[]][] => [
      [`model.layers.${block}.input_layernorm.weight`, [32]],
      [`model.layers.${block}.self_attn.q_proj.weight`, [32, 32]],
      [`model.layers.${block}.self_attn.k_proj.weight`, [16, 32]],
      [`model.layers.${block}.self_attn.v_proj.weight`, [16, 32]],
      [`model.layers.${block}.self_attn.o_proj.weight`, [32, 32]],
      [`model.layers.${block}.post_attention_layernorm.weight`, [32]],
      [`model.layers.${block}.mlp.gate_proj.weight`, [88, 32]],
      [`model.layers.${block}.mlp.up_proj.weight`, [88, 32]],
      [`model.layers.${block}.mlp.down_proj.weight`, [32, 88]],
    ];
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['model.embed_tokens.weight', [256, 32]],
      ...layer(0),
      ...layer(1),
      ['model.norm.weight', [32]],
      ['lm_head.weight', [256, 32]],
    ]);
    const qkv = (await model.parameters.get('blocks.1.attention.qkv.weight')!.data()) as Float32Array;
    expect(tensors.get('model.layers.1.self_attn.k_proj.weight')!.values).toEqual(
      qkv.slice(32 * 32, 48 * 32),
    );
    model.dispose();
  });
});

describe('loadLlama', () => {
  beforeAll(() => useBackend('cpu'));

  it('names the tensor that is missing, of another shape or kind, or one too many', async () => {
    const model = createLlama(CONFIG, { seed: 4 });
    const bytes = await saveLlama(model);
    model.dispose();
    const changed = (change: (tensors: Map<string, TensorToEncode>) => void): Uint8Array => {
      const tensors = new Map<string, TensorToEncode>(decodeSafetensors(bytes).tensors);
      change(tensors);
      return encodeSafetensors(tensors);
    };
    await expectNoLeaks(async () => {
      expect(() =>
        loadLlama(
          changed((tensors) => tensors.delete('model.norm.weight')),
          CONFIG,
        ),
      ).toThrow('loadLlama: the file has no tensor model.norm.weight');
      expect(() => loadLlama(bytes, { ...CONFIG, ffnDim: 80 })).toThrow(
        'loadLlama: model.layers.0.mlp.gate_proj.weight must have shape [80, 32], but has [88, 32]',
      );
      expect(() => loadLlama(bytes, { ...CONFIG, nLayers: 1 })).toThrow(
        'loadLlama: the model has no parameter for tensor model.layers.1.input_layernorm.weight',
      );
      const ints = { shape: [32], values: new Int32Array(32) };
      expect(() =>
        loadLlama(
          changed((tensors) => tensors.set('model.norm.weight', ints)),
          CONFIG,
        ),
      ).toThrow('loadLlama: model.norm.weight must be F32, F16 or BF16, but is I32');
    });
  });
});

describe('toHuggingFaceConfig', () => {
  it('is read back as the same config', () => {
    const config = { ...CONFIG, headDim: 20, tiedEmbeddings: true };
    const json = JSON.parse(JSON.stringify(toHuggingFaceConfig(config))) as Record<string, unknown>;
    expect(fromHuggingFaceConfig(json, 'nano')).toEqual(config);
    expect(json).toMatchObject({
      model_type: 'llama',
      hidden_size: 32,
      num_key_value_heads: 2,
      head_dim: 20,
    });
  });
  it('refuses variants that are not computed', () => {
    const json = { ...toHuggingFaceConfig(CONFIG) };
    const read = (change: Record<string, unknown>) => () =>
      fromHuggingFaceConfig({ ...json, ...change }, 'x');
    expect(read({ model_type: 'qwen2' })).toThrow(
      'fromHuggingFaceConfig: model_type must be "llama", but got "qwen2"',
    );
    expect(read({ rope_scaling: { type: 'linear' } })).toThrow(/rope_scaling must be absent/);
    expect(read({ attention_bias: true })).toThrow(/attention_bias must be false/);
    expect(read({ hidden_size: undefined })).toThrow('fromHuggingFaceConfig: hidden_size must be a number');
    expect(read({ num_key_value_heads: 3 })).toThrow(RangeError);
  });
});
