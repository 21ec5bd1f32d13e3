import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { BF16, F16, roundArray } from '@nibble-ml/fp4-format';
import { decodeSafetensors, findModel } from '@nibble-ml/llama';
import type { LlamaConfig, SafeTensor } from '@nibble-ml/llama';
import { normalFloats, readFloats, useBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSameBits } from '../../test/expect-same-bits.ts';
import { defaultConfig } from '../config/train-config.ts';
import { createRun } from '../run/run-folder.ts';
import { writeCheckpoint } from '../run/write-checkpoint.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { loadTrained } from '../training/load-trained.ts';
import { exportHuggingFace } from './export-hugging-face.ts';
import type { ExportHuggingFaceOptions } from './export-hugging-face.ts';
import { importHuggingFace } from './import-hugging-face.ts';

const TEXT = 'the whale, the whale; the sea 🐋.\n'.repeat(9);
const tokenizerJson = trainBpe(TEXT, { vocabSize: 270 });
const NANO: LlamaConfig = { ...findModel('nano'), vocabSize: 270 };

let root = '';
let count = 0;
const fresh = (): string => join(root, `out-${count++}`);
beforeAll(async () => {
  await useBackend('cpu');
  root = mkdtempSync(join(tmpdir(), 'nibble-export-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const made = new Map<string, string>();

/** The folder of a run of the nano model, which a test may read only. */
function runOf(recipe: string): string {
  const dir = made.get(recipe) ?? makeRun(recipe);
  made.set(recipe, dir);
  return dir;
}

/** A trained run's folder, with weights drawn by the test. */
function makeRun(recipe: string, modelConfig: LlamaConfig = NANO, scale = 1): string {
  const dir = fresh();
  const config = { ...defaultConfig, model: 'nano', recipe, context: 64, steps: 10 };
  const record = { config, versions: {}, backend: 'cpu', adapter: {}, modelConfig };
  createRun(dir, record, { 'tokenizer.json': JSON.stringify(tokenizerJson) });
  const { dim, ffnDim, vocabSize } = modelConfig;
  const shapes: [string, number[]][] = [['embedding.weight', [vocabSize, dim]]];
  for (let block = 0; block < modelConfig.nLayers; block++) {
    shapes.push(
      [`blocks.${block}.attention.norm.weight`, [dim]],
      [`blocks.${block}.attention.qkv.weight`, [2 * dim, dim]],
      [`blocks.${block}.attention.output.weight`, [dim, dim]],
      [`blocks.${block}.mlp.norm.weight`, [dim]],
      [`blocks.${block}.mlp.gate_up.weight`, [2 * ffnDim, dim]],
      [`blocks.${block}.mlp.down.weight`, [dim, ffnDim]],
    );
  }
  shapes.push(['norm.weight', [dim]]);
  if (!modelConfig.tiedEmbeddings) shapes.push(['head.weight', [vocabSize, dim]]);
  for (const step of [5, 10]) {
    const tensors = new Map(
      shapes.map(([name, shape], i) => {
        const size = shape.reduce((product, length) => product * length, 1);
        return [name, { shape, values: normalFloats(size, 100 * step + i, scale) }];
      }),
    );
    const batcher = { seed: 1, context: 64, tokens: 1000, epoch: 0, cursor: 0 };
    const state = { dataSha256: '', wholeText: true, seconds: 0, batcher };
    writeCheckpoint(dir, step, { tensors, optimizer: new Map(), state });
  }
  return dir;
}

function readWeights(folder: string): Map<string, SafeTensor> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  const all = new Map<string, SafeTensor>();
  for (const file of files) {
    for (const [name, found] of decodeSafetensors(readFileSync(join(folder, file))).tensors)
      all.set(name, found);
  }
  return all;
}

function readJson(folder: string, name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>;
}

function exportTo(run: string, options: ExportHuggingFaceOptions = {}): string {
  const out = fresh();
  exportHuggingFace(run, out, options);
  return out;
}

describe('exportHuggingFace', () => {
  it('writes the files that transformers reads, and says what', () => {
    const run = runOf('f32');
    const out = fresh();
    const parameters = [...readWeights(exportTo(run)).values()].reduce((sum, t) => sum + t.values.length, 0);
    expect(exportHuggingFace(run, out)).toEqual({
      folder: out,
      step: 10,
      recipe: 'f32',
      files: [
        'config.json',
        'generation_config.json',
        'model.safetensors',
        'special_tokens_map.json',
        'tokenizer.json',
        'tokenizer_config.json',
      ],
      parameters,
      bytes: readFileSync(join(out, 'model.safetensors')).length,
    });
    expect(readJson(out, 'config.json')).toMatchObject({
      architectures: ['LlamaForCausalLM'],
      model_type: 'llama',
      vocab_size: 270,
      max_position_embeddings: 64,
      bos_token_id: null,
      eos_token_id: 0,
      torch_dtype: 'float32',
    });
    expect(readJson(out, 'generation_config.json')).toEqual({
      bos_token_id: null,
      eos_token_id: 0,
      pad_token_id: null,
    });
    expect(readJson(out, 'special_tokens_map.json')).toEqual({ eos_token: '<|endoftext|>' });
    expect(readJson(out, 'tokenizer_config.json')).toEqual({
      added_tokens_decoder: {
        0: {
          content: '<|endoftext|>',
          lstrip: false,
          normalized: false,
          rstrip: false,
          single_word: false,
          special: true,
        },
      },
      eos_token: '<|endoftext|>',
      clean_up_tokenization_spaces: false,
      model_max_length: 64,
      tokenizer_class: 'PreTrainedTokenizerFast',
    });
    const weights = readWeights(out);
    expect(weights.get('model.layers.1.self_attn.k_proj.weight')).toMatchObject({
      dtype: 'F32',
      shape: [16, 32],
    });
    expect(decodeSafetensors(readFileSync(join(out, 'model.safetensors'))).metadata).toMatchObject({
      format: 'pt',
    });
  });

  it("has a tokenizer that Hugging Face's library encodes alike with", () => {
    const out = exportTo(runOf('f32'));
    const files = ['tokenizer.json', 'tokenizer_config.json'].map((name) => readJson(out, name));
    const library = new HuggingFaceTokenizer(files[0]!, files[1]!);
    const text = `${TEXT}<|endoftext|>A whale, again.`;
    expect(Array.from(loadTokenizer(tokenizerJson).encode(text))).toEqual(library.encode(text).ids);
  });

  it.each(['f32', 'bf16', 'f16'] as const)(
    'gives back the bits of the weights, rounded to %s once',
    async (dtype) => {
      const run = runOf('fp4-paper');
      const out = exportTo(run, { dtype });
      const again = fresh();
      importHuggingFace(out, { out: again });
      const [before, after] = [loadTrained(run), loadTrained(again)];
      for (const [name, parameter] of before.model.parameters) {
        const values = await readFloats(parameter);
        const format = dtype === 'bf16' ? BF16 : F16;
        const expected = dtype === 'f32' ? values : roundArray(format, values);
        expectSameBits(await readFloats(after.model.parameters.get(name)!), expected);
      }
      for (const { model, linears } of [before, after]) {
        model.dispose();
        linears.dispose();
      }
    },
  );

  it('distributes weights over shards with an index, to the same tensors', () => {
    const run = runOf('f32');
    const out = exportTo(run, { maxShardSize: 20_000 });
    const index = readJson(out, 'model.safetensors.index.json');
    const shards = readdirSync(out).filter((name) => name.endsWith('.safetensors'));
    expect(shards.length).toBeGreaterThan(4);
    const weights = readWeights(out);
    expect(weights).toEqual(readWeights(exportTo(run)));
    expect(Object.keys(index['weight_map'] as object).toSorted()).toEqual([...weights.keys()].toSorted());
    expect([...new Set(Object.values(index['weight_map'] as object))].toSorted()).toEqual(shards.toSorted());
    const total = [...weights.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
    expect(index['metadata']).toEqual({ total_size: total });
  });

  it.each(['fp4-paper', 'mxfp4', 'nvfp4'])(
    'writes on demand the very values that the forward products of %s take',
    async (recipe) => {
      const run = runOf(recipe);
      const weights = readWeights(exportTo(run, { weights: 'quantized' }));
      const master = readWeights(exportTo(run));
      const { model, linears } = loadTrained(run);
      const sites = {
        'attention.qkv': { role: 'qkv', parts: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'] },
        'attention.output': { role: 'o', parts: ['self_attn.o_proj'] },
        'mlp.gate_up': { role: 'fc1', parts: ['mlp.gate_proj', 'mlp.up_proj'] },
        'mlp.down': { role: 'fc2', parts: ['mlp.down_proj'] },
      } as const;
      let changed = 0;
      for (const block of [0, 1]) {
        for (const [field, { role, parts }] of Object.entries(sites)) {
          const parameter = model.parameters.get(`blocks.${block}.${field}.weight`) as unknown as Tensor2D;
          // What runs is the definition: the operand of the product itself.
          const rounded = tidy(() => {
            const { rounded: own } = linears.operands(parameter, parameter, { role, block }).weights;
            return own.clone();
          });
          const expected = await readFloats(rounded);
          rounded.dispose();
          const names = parts.map((part) => `model.layers.${block}.${part}.weight`);
          const written = names.flatMap((name) => Array.from(weights.get(name)!.values));
          expectSameBits(Float32Array.from(written), expected);
          const before = names.flatMap((name) => Array.from(master.get(name)!.values));
          changed += before.filter((value, i) => value !== written[i]).length;
        }
      }
      expect(changed).toBeGreaterThan(1000);
      for (const name of ['model.embed_tokens.weight', 'model.norm.weight', 'lm_head.weight']) {
        expect(weights.get(name)).toEqual(master.get(name));
      }
      model.dispose();
      linears.dispose();
    },
  );

  it('exports another step on demand', () => {
    const run = runOf('f32');
    const out = fresh();
    expect(exportHuggingFace(run, out, { step: 5 }).step).toBe(5);
    expect(readWeights(out)).not.toEqual(readWeights(exportTo(run)));
    expect(() => exportTo(run, { step: 7 })).toThrow('must have a checkpoint of step 7, but it has 5, 10');
  });

  it.each<[string, () => string, ExportHuggingFaceOptions, string]>([
    [
      'weights beyond the range of the type',
      () => makeRun('f32', NANO, 1e6),
      { dtype: 'f16' },
      'exportHuggingFace: model.embed_tokens.weight: encodeFloats: values must lie within the range of F16',
    ],
    [
      'weights that are turned before they are quantized',
      () => runOf('quartet'),
      { weights: 'quantized' },
      'is quantized after a Hadamard transform',
    ],
    [
      'a model that transformers refuses',
      () => makeRun('f32', { ...NANO, dim: 32, nHeads: 5, nKvHeads: 5, headDim: 16 }),
      {},
      'dim must be a multiple of nHeads for transformers, but got 32 and 5',
    ],
  ])('leaves nothing behind when it cannot write %s', (_, run, options, message) => {
    const dir = run();
    const before = readdirSync(root);
    const out = fresh();
    expect(() => exportHuggingFace(dir, out, options)).toThrow(message);
    expect(readdirSync(root)).toEqual(before);
  });

  it('writes to a new or an empty folder only', () => {
    const run = runOf('f32');
    const out = fresh();
    mkdirSync(out);
    exportHuggingFace(run, out);
    expect(existsSync(join(out, 'model.safetensors'))).toBe(true);
    writeFileSync(join(out, 'model.safetensors'), 'mine');
    expect(() => exportHuggingFace(run, out)).toThrow('must be a new or empty folder, but it is not empty');
    expect(readFileSync(join(out, 'model.safetensors'), 'utf8')).toBe('mine');
  });
});
