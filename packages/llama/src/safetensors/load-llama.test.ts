import { bitsOf, expectNoLeaks, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { findModel } from '../config/model-zoo.ts';
import { createLlama } from '../model/create-llama.ts';
import { decodeSafetensors } from './decode-safetensors.ts';
import { encodeSafetensors } from './encode-safetensors.ts';
import type { TensorToEncode } from './encode-safetensors.ts';
import { memorySource } from './byte-source.ts';
import { openSafetensors } from './open-safetensors.ts';
import { openSharded } from './open-sharded.ts';
import { planShards } from './plan-shards.ts';
import { SafetensorsError } from './safetensors-error.ts';
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

  it('refuses what is missing, of another shape or dtype, or too much, and makes no tensor', async () => {
    const model = createLlama(CONFIG, { seed: 4 });
    const bytes = await saveLlama(model);
    model.dispose();
    const refuses = (message: string, source: Uint8Array, config = CONFIG): void => {
      expect(() => loadLlama(source, config)).toThrow(SafetensorsError);
      expect(() => loadLlama(source, config)).toThrow(`safetensors: the file: ${message}`);
    };
    const changed = (change: (tensors: Map<string, TensorToEncode>) => void): Uint8Array => {
      const tensors = new Map<string, TensorToEncode>(decodeSafetensors(bytes).tensors);
      change(tensors);
      return encodeSafetensors(tensors);
    };
    const norm = 'model.norm.weight';
    await expectNoLeaks(async () => {
      refuses(
        `tensor "${norm}" is missing`,
        changed((tensors) => tensors.delete(norm)),
      );
      refuses(
        'shape of tensor "model.layers.0.mlp.gate_proj.weight" must be [80, 32], but is [88, 32]',
        bytes,
        {
          ...CONFIG,
          ffnDim: 80,
        },
      );
      refuses('tensor "model.layers.1.input_layernorm.weight" is none of this model', bytes, {
        ...CONFIG,
        nLayers: 1,
      });
      refuses(
        'the tensors must be those of 1000000000 layers, as num_hidden_layers says, but are 21',
        bytes,
        {
          ...CONFIG,
          nLayers: 1e9,
        },
      );
      refuses(
        `dtype of tensor "${norm}" must be F32, F16 or BF16, but is I32`,
        changed((tensors) => tensors.set(norm, { shape: [32], values: new Int32Array(32) })),
      );
      refuses(
        'tensor "model.layers.0.self_attn.q_proj.bias" is none of this model',
        changed((tensors) =>
          tensors.set('model.layers.0.self_attn.q_proj.bias', { shape: [1], values: new Float32Array(1) }),
        ),
      );
    });
  });

  it('takes a tied head that is stored again if it is the same, and passes over rotary frequencies', async () => {
    const tied = { ...CONFIG, tiedEmbeddings: true };
    const model = createLlama(tied, { seed: 4 });
    const tensors = new Map<string, TensorToEncode>(decodeSafetensors(await saveLlama(model)).tensors);
    model.dispose();
    const { shape, values } = tensors.get('model.embed_tokens.weight')!;
    const head = (values as Float32Array).slice();
    tensors.set('lm_head.weight', { shape, values: head });
    tensors.set('model.layers.0.self_attn.rotary_emb.inv_freq', {
      shape: [2],
      values: Float32Array.of(1, 2),
    });
    loadLlama(encodeSafetensors(tensors), tied).dispose();
    head[head.length - 1]! += 1;
    expect(() => loadLlama(encodeSafetensors(tensors), tied)).toThrow(
      'tensor "lm_head.weight" must equal model.embed_tokens.weight, as tie_word_embeddings says, but differs',
    );
    tensors.set('lm_head.weight', { shape: [1], values: new Float32Array(1) });
    expect(() => loadLlama(encodeSafetensors(tensors), tied)).toThrow(
      'shape of tensor "lm_head.weight" must be [256, 32], but is [1]',
    );
  });

  it.each(['BF16', 'F16'] as const)('rounds to %s once, and keeps what it rounded', async (dtype) => {
    const model = createLlama(CONFIG, { seed: 4 });
    const once = await saveLlama(model, dtype);
    const { tensors } = decodeSafetensors(once);
    for (const [name, { shape, dtype: written }] of decodeSafetensors(await saveLlama(model)).tensors) {
      expect([name, tensors.get(name)!.shape, tensors.get(name)!.dtype]).toEqual([name, shape, dtype]);
      expect(written).toBe('F32');
    }
    const loaded = loadLlama(once, CONFIG);
    expect(await saveLlama(loaded, dtype)).toEqual(once);
    for (const made of [loaded, model]) made.dispose();
  });

  it('reads shards, a tensor at a time', async () => {
    const model = createLlama(CONFIG, { seed: 4 });
    const bytes = await saveLlama(model);
    const { tensors } = decodeSafetensors(bytes);
    const declared = [...tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
    const { shards, index } = planShards(declared, 10_000);
    expect(shards.length).toBeGreaterThan(3);
    const files = new Map(
      shards.map(({ file, tensors: names }) => [
        file,
        encodeSafetensors(new Map(names.map(({ name }) => [name, tensors.get(name)!]))),
      ]),
    );
    const reader = openSharded(JSON.stringify(index), (file) => memorySource(file, files.get(file)!));
    const loaded = loadLlama(reader, CONFIG);
    expect(await saveLlama(loaded)).toEqual(bytes);
    for (const made of [loaded, model]) made.dispose();
  });

  it('leaves no tensor behind when reading fails on the way', async () => {
    const model = createLlama(CONFIG, { seed: 4 });
    const bytes = await saveLlama(model);
    model.dispose();
    const source = memorySource('weights', bytes);
    await expectNoLeaks(async () => {
      const reader = openSafetensors({
        ...source,
        read: (offset, length) => {
          if (offset + length > bytes.length * 0.9) throw new Error('EIO');
          return source.read(offset, length);
        },
      });
      expect(() => loadLlama(reader, CONFIG)).toThrow('EIO');
    });
  });
});
