import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tensor2d } from '@tensorflow/tfjs-core';
import { expectNoLeaks, readFloats, useBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSameBits } from '../../test/expect-same-bits.ts';
import { drawWeights, smallLlama, writeModel } from '../../test/hugging-face-model.ts';
import type { Dtype, LlamaJson } from '../../test/hugging-face-model.ts';
import { referenceLogits } from '../../test/hugging-face-reference.ts';
import { openRun } from '../run/run-folder.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { loadTrained } from '../training/load-trained.ts';
import { exportHuggingFace } from './export-hugging-face.ts';
import { importHuggingFace } from './import-hugging-face.ts';

const tokenizerJson = JSON.stringify(
  trainBpe('the whale, the whale; the sea.\n'.repeat(9), { vocabSize: 270 }),
);

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'nibble-import-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const llama3 = {
  rope_type: 'llama3',
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 32,
};
const { rope_theta: _theta, ...withoutTheta } = smallLlama;

/** Of the greatest logit. */
const TOLERANCE = 5e-6;

interface Case {
  readonly name: string;
  readonly config: LlamaJson;
  readonly dtype: Dtype;
  readonly shards?: number;
}

const CASES: Case[] = [
  { name: 'llama-2', config: { ...smallLlama, num_key_value_heads: 4 }, dtype: 'F32' },
  { name: 'grouped', config: smallLlama, dtype: 'F16' },
  {
    name: 'tied',
    config: { ...smallLlama, tie_word_embeddings: true, head_dim: 12 },
    dtype: 'BF16',
    shards: 3,
  },
  {
    name: 'llama-3.2',
    config: { ...smallLlama, tie_word_embeddings: true, rope_theta: 500_000, rope_scaling: llama3 },
    dtype: 'BF16',
  },
  {
    name: 'transformers-5',
    config: { ...withoutTheta, rope_parameters: { rope_theta: 500_000, ...llama3 } } as LlamaJson,
    dtype: 'F32',
    shards: 2,
  },
  {
    name: 'linear',
    config: { ...smallLlama, rope_scaling: { type: 'linear', factor: 4 }, rms_norm_eps: 1e-3 },
    dtype: 'F32',
  },
  {
    name: 'yarn',
    config: {
      ...smallLlama,
      rope_scaling: { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 32, beta_fast: 4 },
    },
    dtype: 'F32',
  },
];

describe.each(['cpu', 'wasm'] as const)('an imported model on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(CASES)(
    'has the logits of a float64 reference: $name',
    async ({ name, config, dtype, shards = 1 }) => {
      const tensors = drawWeights(config, dtype, 1);
      const folder = join(root, `${backend}-${name}`);
      writeModel(folder, { config, tensors, dtype, tokenizerJson, shards });
      const run = `${folder}-run`;
      const imported = importHuggingFace(folder, { out: run });
      expect(imported.tensors).toEqual({ [dtype]: tensors.size });
      const tokens = Array.from({ length: 48 }, (_, i) => (i * 37 + 11) % 300);
      const expected = referenceLogits(config, tensors, tokens);
      await expectNoLeaks(async () => {
        const { model, linears, step } = loadTrained(run);
        expect(step).toBe(0);
        const tokensBT = tensor2d(tokens, [1, tokens.length], 'int32');
        const logits = model.forward(tokensBT, linears.linear);
        const values = await readFloats(logits);
        const spread = Math.max(...expected.flatMap((row) => [...row].map(Math.abs)));
        const error = Math.max(
          ...expected.flatMap((row, t) => [...row].map((exact, v) => Math.abs(values[t * 300 + v]! - exact))),
        );
        expect(spread).toBeGreaterThan(1);
        // Float32 rounds to 6e-8; here it does so in two blocks, along sums of some tens of terms.
        expect(error).toBeLessThan(TOLERANCE * spread);
        for (const tensor of [tokensBT, logits]) tensor.dispose();
        linears.dispose();
        model.dispose();
      });
    },
  );
});

describe('the reference', () => {
  it('is far off where angles are scaled in another way, so that the tolerance tells them apart', () => {
    const tokens = Array.from({ length: 48 }, (_, i) => (i * 37 + 11) % 300);
    const tensors = drawWeights(smallLlama, 'F32', 1);
    const variants = [
      undefined,
      { type: 'linear', factor: 4 },
      llama3,
      { ...llama3, factor: 7.9 },
      { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 32, beta_fast: 4 },
    ].map((scaling) =>
      referenceLogits({ ...smallLlama, rope_scaling: scaling }, tensors, tokens).flatMap((row) =>
        Array.from(row),
      ),
    );
    const spread = Math.max(...variants[0]!.map(Math.abs));
    for (const [i, one] of variants.entries()) {
      for (const other of variants.slice(i + 1)) {
        const difference = Math.max(...one.map((value, at) => Math.abs(value - other[at]!)));
        expect(difference).toBeGreaterThan(100 * TOLERANCE * spread);
      }
    }
  });
});

// The first six logits of the last of the 48 tokens, of weights drawn in F32 with seed 1, as the LlamaForCausalLM of
// Hugging Face transformers 5.18.0 computed them in float32 on torch 1.13 with eager attention; six digits.
const FROM_TRANSFORMERS: Readonly<Record<string, readonly number[]>> = {
  'llama-2': [1.01082, 2.98328, -0.998202, 1.32716, 1.15449, -2.28057],
  grouped: [-0.279603, 0.0586464, -2.68784, -0.584292, 3.45537, -0.805884],
  tied: [-0.301962, 0.473906, -0.606184, -1.55916, -0.65587, 2.514],
  'llama-3.2': [-0.62104, 0.84978, 0.599108, 1.71266, -0.186725, 0.099945],
  'transformers-5': [-1.70245, -1.5706, -1.26091, 1.20484, -0.901683, 1.96409],
  linear: [0.100786, 0.238384, -1.36724, -0.33718, -0.131788, 1.78283],
  yarn: [-2.37574, -0.00436306, -2.66723, 1.43561, -0.88563, 1.56084],
};

describe('the reference', () => {
  it.each(CASES)('has the logits of transformers: $name', ({ name, config }) => {
    const tokens = Array.from({ length: 48 }, (_, i) => (i * 37 + 11) % 300);
    const logits = referenceLogits(config, drawWeights(config, 'F32', 1), tokens);
    const differences = FROM_TRANSFORMERS[name]!.map((expected, v) => Math.abs(expected - logits[47]![v]!));
    expect(Math.max(...differences)).toBeLessThan(5e-5);
  });
});

describe('importHuggingFace', () => {
  beforeAll(() => useBackend('cpu'));
  const folder = (): string => join(root, 'model');
  const tensors = drawWeights(smallLlama, 'BF16', 2);
  beforeAll(() => {
    writeModel(folder(), { config: smallLlama, tensors, dtype: 'BF16', tokenizerJson, shards: 2 });
  });

  it('makes a run at step 0 that says what it is', () => {
    const out = join(root, 'runs', 'imported');
    expect(importHuggingFace(folder(), { out })).toEqual({
      run: out,
      modelConfig: openRun(out).record.modelConfig,
      context: 128,
      parameters: [...tensors.values()].reduce((sum, { values }) => sum + values.length, 0),
      tensors: { BF16: 21 },
    });
    const { record } = openRun(out);
    expect(record).toMatchObject({
      config: { model: 'model', recipe: 'f32', context: 128 },
      backend: 'none',
      importedFrom: `${folder()}, Hugging Face`,
      modelConfig: { name: 'model', vocabSize: 300, dim: 32, nHeads: 4, nKvHeads: 2, ropeTheta: 10_000 },
    });
    expect(readdirSync(out).toSorted()).toEqual([
      'SHA256SUMS',
      'checkpoints',
      'config.json',
      'generation_config.json',
      'tokenizer.json',
    ]);
    expect(readFileSync(join(out, 'tokenizer.json'), 'utf8')).toBe(tokenizerJson);
  });

  it('keeps every bit of the weights, also through an export', async () => {
    const out = join(root, 'bits');
    importHuggingFace(folder(), { out });
    for (const dtype of ['f32', 'bf16'] as const) {
      const exported = join(root, `bits-${dtype}`);
      exportHuggingFace(out, exported, { dtype, maxShardSize: 10_000 });
      const again = `${exported}-run`;
      importHuggingFace(exported, { out: again });
      const [before, after] = [loadTrained(out), loadTrained(again)];
      for (const [name, parameter] of before.model.parameters) {
        const other = after.model.parameters.get(name)!;
        expectSameBits(await readFloats(other), await readFloats(parameter));
      }
      expect({ ...after.model.config, name: 'model' }).toEqual(before.model.config);
      for (const { model, linears } of [before, after]) {
        model.dispose();
        linears.dispose();
      }
    }
  });

  /** A copy of the folder with one file changed, and what importing it says. */
  function messageOf(name: string, change: (text: string) => string): string {
    const broken = mkdtempSync(join(root, 'broken-'));
    cpSync(folder(), broken, { recursive: true });
    writeFileSync(join(broken, name), change(readFileSync(join(broken, name), 'utf8')));
    const out = join(root, 'never');
    let message = '';
    try {
      importHuggingFace(broken, { out });
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(readdirSync(root)).not.toContain('never');
    expect(readdirSync(root).filter((left) => left.startsWith('.tmp'))).toEqual([]);
    return message;
  }

  it.each<[string, string, (text: string) => string, string]>([
    ['config.json', 'no JSON', () => '{', 'config.json must be JSON, but cannot be read'],
    ['config.json', 'a list', () => '[]', 'config.json must hold a JSON object'],
    [
      'config.json',
      'another architecture',
      (text) => text.replace('"llama"', '"gpt2"'),
      'model_type must be "llama", but is "gpt2"',
    ],
    [
      'config.json',
      'another depth',
      (text) => text.replace('"num_hidden_layers": 2', '"num_hidden_layers": 3'),
      'tensor "model.layers.2.input_layernorm.weight" is missing',
    ],
    [
      'config.json',
      'another width of the feed-forward network',
      (text) => text.replace('"intermediate_size": 48', '"intermediate_size": 40'),
      'shape of tensor "model.layers.0.mlp.gate_proj.weight" must be [40, 32], but is [48, 32]',
    ],
    [
      'config.json',
      'an end of text beyond the vocabulary',
      (text) => text.replace('"eos_token_id": 0', '"eos_token_id": [0, 300]'),
      'eos_token_id must be an id below 300, a list of ids or null, but is [0,300]',
    ],
    [
      'config.json',
      'fewer tokens than the tokenizer',
      (text) => text.replace('"vocab_size": 300', '"vocab_size": 260'),
      'shape of tensor "model.embed_tokens.weight" must be [260, 32], but is [300, 32]',
    ],
    ['tokenizer.json', 'no tokenizer', () => '{"model":{}}', 'loadTokenizer: the tokenizer.json must be'],
    [
      'model.safetensors.index.json',
      'a shard outside',
      (text) => text.replace('model-00001-of-00002', '../model-00001-of-00002'),
      'must be the name of a .safetensors file of the same folder, but is "../model-00001-of-00002.safetensors"',
    ],
    [
      'model.safetensors.index.json',
      'a shard that is not there',
      (text) => text.replace('model-00001-of-00002', 'other'),
      'must have other.safetensors, but it has none; but model.safetensors.index.json names it',
    ],
  ])('refuses a folder by the file and field, and leaves nothing: %s, %s', (name, _, change, message) => {
    expect(messageOf(name, change)).toContain(message);
  });

  it('ends texts where the model does, not where its tokenizer would', () => {
    const instruct = join(root, 'instruct');
    cpSync(folder(), instruct, { recursive: true });
    writeFileSync(join(instruct, 'generation_config.json'), '{ "eos_token_id": [7, 8] }');
    const stopIdsOf = (source: string): readonly number[] => {
      importHuggingFace(source, { out: `${source}-stops` });
      const { model, linears, stopIds } = loadTrained(`${source}-stops`);
      model.dispose();
      linears.dispose();
      return stopIds;
    };
    expect(stopIdsOf(instruct)).toEqual([7, 8]);
    expect(stopIdsOf(folder())).toEqual([0]);
  });

  it('refuses a window that the model has no positions for', () => {
    for (const context of [1, 129]) {
      expect(() => importHuggingFace(folder(), { out: join(root, 'never'), context })).toThrow(
        `context must be an integer from 2 to the model's 128, but got ${context}`,
      );
    }
  });

  it('refuses weights that are not finite', () => {
    const damaged = new Map(tensors);
    const { shape, values } = tensors.get('model.norm.weight')!;
    damaged.set('model.norm.weight', { shape, values: values.with(3, NaN) });
    const broken = join(root, 'nan');
    writeModel(broken, { config: smallLlama, tensors: damaged, dtype: 'F32', tokenizerJson });
    expect(() => importHuggingFace(broken, { out: join(root, 'never') })).toThrow(
      'weights must be finite, but norm.weight has a NaN or an infinity',
    );
    expect(readdirSync(root)).not.toContain('never');
  });
});
