import { describe, expect, it } from 'vitest';
import { joined } from '../../test/gguf-bytes.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { findModel } from '../config/model-zoo.ts';
import { parameterShapes } from '../model/parameter-shapes.ts';
import type { RopeScaling } from '../rope/rope-scaling.ts';
import { encodeGguf } from './encode-gguf.ts';
import type { GgufTensorToWrite } from './encode-gguf.ts';
import { memorySource } from '../safetensors/byte-source.ts';
import { llamaMetadata, readLlamaMetadata } from './llama-metadata.ts';
import type { LlamaMetadataOptions } from './llama-metadata.ts';
import { llamaTensors } from './llama-tensors.ts';
import type { GgufValue } from './metadata.ts';
import { readGguf } from './read-gguf.ts';
import type { GgufFile } from './read-gguf.ts';
import { ROPE_FACTORS, ropeFactors } from './rope-metadata.ts';

const CONFIG: LlamaConfig = { ...findModel('nano'), nHeads: 4, nKvHeads: 2, headDim: 6, nLayers: 1 };

/** The header of a model's file, with tensors of zeros. */
function written(
  config: LlamaConfig,
  changes: Readonly<Record<string, GgufValue | undefined>> = {},
  options: Partial<LlamaMetadataOptions> = {},
  factors: Float32Array | undefined = ropeFactors(config),
): GgufFile {
  const metadata = llamaMetadata(config, { fileType: 'F32', ...options });
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) metadata.delete(key);
    else metadata.set(key, value);
  }
  const tensors: GgufTensorToWrite[] = llamaTensors(config, options).map(({ name, shape }) => ({
    name,
    type: 'F32',
    shape,
    bytes: () => new Uint8Array(4 * shape.reduce((a, b) => a * b)),
  }));
  if (factors !== undefined) {
    const bytes = new Uint8Array(factors.buffer);
    tensors.push({ name: ROPE_FACTORS, type: 'F32', shape: [factors.length], bytes: () => bytes });
  }
  return readGguf(memorySource('test.gguf', joined(encodeGguf(metadata, tensors))));
}

describe('llamaTensors', () => {
  const tensors = llamaTensors(CONFIG);
  const rowsOf = (name: string, list = tensors): number[] => [
    ...list.find((tensor) => tensor.name === name)!.rows,
  ];

  it("has llama.cpp's names and shapes, in the order of its converter", () => {
    expect(tensors.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['token_embd.weight', 256, 32],
      ['blk.0.attn_norm.weight', 32],
      ['blk.0.attn_q.weight', 24, 32],
      ['blk.0.attn_k.weight', 12, 32],
      ['blk.0.attn_v.weight', 12, 32],
      ['blk.0.attn_output.weight', 32, 24],
      ['blk.0.ffn_norm.weight', 32],
      ['blk.0.ffn_gate.weight', 88, 32],
      ['blk.0.ffn_up.weight', 88, 32],
      ['blk.0.ffn_down.weight', 32, 88],
      ['output_norm.weight', 32],
      ['output.weight', 256, 32],
    ]);
    expect(llamaTensors({ ...CONFIG, tiedEmbeddings: true }).at(-1)!.name).toBe('output_norm.weight');
  });

  it('pairs the halves of query and key heads, and leaves values as they are', () => {
    expect(rowsOf('blk.0.attn_q.weight').slice(0, 8)).toEqual([0, 3, 1, 4, 2, 5, 6, 9]);
    expect(rowsOf('blk.0.attn_k.weight').slice(0, 6)).toEqual([24, 27, 25, 28, 26, 29]);
    expect(rowsOf('blk.0.attn_v.weight').slice(0, 3)).toEqual([36, 37, 38]);
  });

  it('takes every row of every parameter once', () => {
    for (const { name, shape } of parameterShapes(CONFIG)) {
      const rows = tensors.flatMap((tensor) => (tensor.parameter === name ? Array.from(tensor.rows) : []));
      expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: shape[0] }, (_, i) => i));
    }
  });

  it('fills the feed-forward network up with zeros', () => {
    const padded = llamaTensors(CONFIG, { feedForwardLength: 96 });
    const gate = rowsOf('blk.0.ffn_gate.weight', padded);
    const up = rowsOf('blk.0.ffn_up.weight', padded);
    expect([gate.length, gate[87], gate[88], gate[95]]).toEqual([96, 87, -1, -1]);
    expect([up[0], up[87], up[88]]).toEqual([88, 175, -1]);
    const down = padded.find(({ name }) => name === 'blk.0.ffn_down.weight')!;
    expect([down.cols, down.shape]).toEqual([96, [32, 96]]);
    expect(() => llamaTensors(CONFIG, { feedForwardLength: 64 })).toThrow(
      "llamaTensors: feedForwardLength must be at least the model's 88, but got 64",
    );
  });
});

describe('llamaMetadata', () => {
  it('is read back as the same config', () => {
    const config = { ...CONFIG, normEps: 1e-5, ropeTheta: 500_000, tiedEmbeddings: true };
    expect(readLlamaMetadata(written(config))).toEqual({ config, feedForwardLength: 88 });
    const wide = { ...findModel('nano'), name: 'wide' };
    expect(readLlamaMetadata(written(wide, {}, { feedForwardLength: 128 }))).toEqual({
      config: wide,
      feedForwardLength: 128,
    });
  });

  it('gives what a file leaves out the defaults of llama.cpp', () => {
    const file = written(
      { ...findModel('nano'), nKvHeads: 2 },
      {
        'general.name': undefined,
        'llama.vocab_size': undefined,
        'llama.attention.head_count_kv': undefined,
        'llama.attention.key_length': undefined,
        'llama.attention.value_length': undefined,
        'llama.rope.dimension_count': undefined,
        'llama.rope.freq_base': undefined,
      },
    );
    expect(readLlamaMetadata(file).config).toEqual({ ...findModel('nano'), name: 'llama', nKvHeads: 2 });
  });

  const string = (value: string): GgufValue => ({ type: 'string', value });
  const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
  it.each<[string, Readonly<Record<string, GgufValue | undefined>>, string]>([
    ['another architecture', { 'general.architecture': string('qwen2') }, 'must be "llama", but is "qwen2"'],
    ['experts', { 'llama.expert_count': uint32(8) }, 'mixtures of experts are not computed'],
    [
      'a missing key',
      { 'llama.context_length': undefined },
      'the file must have the key llama.context_length',
    ],
    ['a text for a number', { 'llama.block_count': string('2') }, 'llama.block_count must be a number'],
    [
      'a width per layer',
      {
        'llama.feed_forward_length': {
          type: 'array',
          value: { of: 'int32', items: Int32Array.of(8, 8) },
        },
      },
      'a value per layer is not computed',
    ],
    [
      'partial rotation',
      { 'llama.rope.dimension_count': uint32(4) },
      'must be 6, as keys are wide, but got 4',
    ],
    ['a wrong width', { 'nibble.feed_forward_length': uint32(100) }, 'must be at most'],
    ['more blocks than tensors', { 'llama.block_count': uint32(1e9) }, 'llama.block_count must be that of'],
    [
      'a width that no tensor has',
      { 'llama.feed_forward_length': uint32(2 ** 31) },
      'want blk.0.ffn_down.weight of shape [32, 2147483648], but it has [32, 88]',
    ],
    [
      'a vocabulary that no tensor has',
      { 'llama.vocab_size': uint32(2 ** 31) },
      'want token_embd.weight of shape [2147483648, 32]',
    ],
    ['no heads', { 'llama.attention.head_count': uint32(0) }, 'LlamaConfig: nHeads must be'],
    [
      'another scaling of angles',
      { 'llama.rope.scaling.type': string('longrope') },
      'llama.rope.scaling.type must be none, linear or yarn, but got "longrope"',
    ],
    ['a scaling that is no JSON', { 'nibble.rope_scaling': string('{') }, 'nibble.rope_scaling must be JSON'],
    [
      'a scaling of texts',
      { 'nibble.rope_scaling': string('{"type":"linear","factor":"2"}') },
      'nibble.rope_scaling must hold numbers by name',
    ],
  ])('refuses %s', (_, changes, message) => {
    const file = written(CONFIG, changes);
    expect(() => readLlamaMetadata(file)).toThrow(message);
  });
});

describe('scaled rotary angles', () => {
  const config: LlamaConfig = { ...CONFIG, headDim: 64, ropeTheta: 500_000 };
  const llama3: RopeScaling = {
    type: 'llama3',
    factor: 32,
    lowFreqFactor: 1,
    highFreqFactor: 4,
    originalContext: 8192,
  };
  const yarn: RopeScaling = {
    type: 'yarn',
    factor: 4,
    originalContext: 2048,
    betaFast: 32,
    betaSlow: 1,
    attentionFactor: 0.1 * Math.log(4) + 1,
    truncate: true,
  };

  it.each<RopeScaling>([{ type: 'linear', factor: 2.5 }, llama3, { ...llama3, lowFreqFactor: 2 }, yarn])(
    'are read back: $type',
    (ropeScaling) => {
      const scaled = { ...config, ropeScaling };
      expect(readLlamaMetadata(written(scaled)).config).toEqual(scaled);
    },
  );

  it('are factors from 1 for the fast angles to the whole factor for the slow ones', () => {
    const factors = ropeFactors({ ...config, ropeScaling: llama3 })!;
    expect([factors[0], factors.at(-1), factors.length]).toEqual([1, 32, 32]);
    expect([...factors]).toEqual([...factors].toSorted((a, b) => a - b));
    expect(ropeFactors({ ...config, ropeScaling: { type: 'linear', factor: 2 } })).toBeUndefined();
    expect(ropeFactors(config)).toBeUndefined();
  });

  it('are found in files of others', () => {
    const own = { 'nibble.rope_scaling': undefined };
    const read = (scaled: RopeScaling, changes: Readonly<Record<string, GgufValue | undefined>>) =>
      readLlamaMetadata(written({ ...config, ropeScaling: scaled }, { ...own, ...changes })).config
        .ropeScaling;
    expect(read(llama3, { 'llama.rope.scaling.type': undefined })).toEqual(llama3);
    expect(read({ type: 'linear', factor: 2.5 }, {})).toEqual({ type: 'linear', factor: 2.5 });
    const keys: Record<string, GgufValue> = {
      'llama.rope.scaling.type': { type: 'string', value: 'yarn' },
      'llama.rope.scaling.factor': { type: 'float32', value: 4 },
      'llama.rope.scaling.original_context_length': { type: 'uint32', value: 2048 },
    };
    expect(readLlamaMetadata(written(config, keys)).config.ropeScaling).toEqual(yarn);
  });

  it('are refused when the factors are of another scaling', () => {
    const factors = ropeFactors({ ...config, ropeScaling: llama3 })!.map((factor, i) => factor + i / 100);
    expect(() => readLlamaMetadata(written(config, {}, {}, factors))).toThrow(
      "rope_freqs.weight must be the factors of Llama 3's scaling",
    );
    expect(() => readLlamaMetadata(written(config, {}, {}, new Float32Array(8)))).toThrow(
      'rope_freqs.weight must be F32 of shape [32], but is F32 of [8]',
    );
  });
});
