import { describe, expect, it } from 'vitest';
import { getBackend, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { fp4Quantize } from '@nibble-ml/fp4-gemm';
import { dequantize, E2M1, unpackCodes, unpackGgufMxfp4, unpackGgufNvfp4 } from '@nibble-ml/fp4-format';
import { findModel, llamaTensors, memorySource, parameterShapes, readGguf } from '@nibble-ml/llama';
import type { GgufFile, LlamaConfig } from '@nibble-ml/llama';
import { createLinears, findRecipe } from '@nibble-ml/recipes';
import type { LinearSite } from '@nibble-ml/recipes';
import { normalFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { defaultConfig } from '../config/train-config.ts';
import { linearModelOf } from '../training/linear-model.ts';
import { recipePhases } from '../training/recipe-phases.ts';
import { decodeRows } from './decode-rows.ts';
import { siteOf } from './linear-site.ts';
import { modelGguf } from './model-gguf.ts';
import type { Parameter } from './model-gguf.ts';
import { planGguf } from './plan-gguf.ts';
import type { ExportType, GgufPlanOptions } from './plan-gguf.ts';

/** Rows of 64, so that NVFP4 holds them, and a feed-forward network of no whole blocks. */
const config: LlamaConfig = { ...findModel('micro'), vocabSize: 96, nLayers: 3, ffnDim: 88 };
const STEPS = 100;
const parameters = new Map<string, Parameter>(
  parameterShapes(config).map(({ name, shape }, i) => [
    name,
    {
      shape,
      values: normalFloats(
        shape.reduce((a: number, b) => a * b, 1),
        i + 1,
      ).map((x) => x * 0.02),
    },
  ]),
);

function exported(
  recipe: string,
  type: ExportType,
  { step = 10, ...options }: Partial<GgufPlanOptions> & { readonly step?: number } = {},
): GgufFile & { readonly notes: readonly string[] } {
  const phases = recipePhases({ ...defaultConfig, recipe, steps: STEPS }).filter((p) => p.stepsDone <= step);
  const plan = planGguf({ config, phases, type, weights: 'quantized', rest: 'F32', ...options });
  const { byteLength, chunks } = modelGguf({
    config,
    plan,
    type,
    name: 'test',
    metadata: new Map(),
    parameter: (name) => parameters.get(name)!,
  });
  const bytes = new Uint8Array(byteLength);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return Object.assign(readGguf(memorySource('test.gguf', bytes)), { notes: plan.notes });
}

/** What a recipe's forward product takes for a weight, from the recipe's own kernels. */
async function forwardValues(recipe: string, step: number, name: string): Promise<Float32Array> {
  const linears = createLinears(findRecipe(recipe), { steps: STEPS, model: linearModelOf(config) });
  linears.weightsChanged(step);
  const { shape, values } = parameters.get(name)!;
  const rounded = tidy(() => {
    const w = tensor2d(values, shape as [number, number]);
    const x = tensor2d(new Float32Array(shape[1]!), [1, shape[1]!]);
    return linears.operands(x, w, siteOf(name) as LinearSite).weights.rounded.clone();
  });
  const data = (await rounded.data()) as Float32Array;
  rounded.dispose();
  linears.dispose();
  return data.slice();
}

/** The values of a parameter's tensors in a file, put back into its rows. */
function storedValues(file: GgufFile, name: string): Float32Array {
  const { shape } = parameters.get(name)!;
  const [rows, cols = 1] = shape as [number, number?];
  const values = new Float32Array(rows * cols).fill(NaN);
  const feedForwardLength = file.tensors.get('blk.0.ffn_gate.weight')!.shape[0]!;
  for (const tensor of llamaTensors(config, { feedForwardLength })) {
    if (tensor.parameter !== name) continue;
    const { type } = file.tensors.get(tensor.name)!;
    const scaleName = tensor.name.replace(/weight$/, 'scale');
    const scale = file.tensors.has(scaleName)
      ? new Float32Array(file.readTensor(scaleName).slice().buffer)[0]!
      : 1;
    const bytes = file.readTensor(tensor.name);
    const decoded = decodeRows(bytes, type as ExportType, tensor.rows.length, tensor.cols, scale);
    for (const [row, of] of tensor.rows.entries()) {
      const own = decoded.subarray(row * tensor.cols, (row + 1) * tensor.cols);
      if (of >= 0) values.set(own.subarray(0, cols), of * cols);
      const filling = of < 0 ? own : own.subarray(cols);
      expect(filling.every((value) => value === 0)).toBe(true);
    }
  }
  return values;
}

const linearNames = [...parameters.keys()].filter((name) => siteOf(name)?.block != null);
const typesOf = (file: GgufFile, field: string): string[] =>
  [0, 1, 2].map((block) => file.tensors.get(`blk.${block}.${field}.weight`)!.type);

describe.each(testBackends.filter((backend) => backend !== 'webgpu'))(
  'an exported model, on %s',
  (backend) => {
    it.each<[string, ExportType, number]>([
      ['mxfp4', 'MXFP4', 10],
      ['nvfp4', 'NVFP4', 10],
      ['fp4-all-the-way', 'NVFP4', 10],
      ['fp4-paper', 'F32', 10],
      ['fp4-tensorwise', 'F32', 10],
      ['int4-g32', 'F32', 10],
      ['w8a8', 'F32', 10],
      ['mxfp4', 'F32', 10],
      ['nvfp4', 'F32', 10],
      ['nvfp4', 'F32', 90],
      ['bf16', 'F32', 10],
    ])(
      'of recipe %s has in %s the values of its forward products, bit for bit (step %i)',
      async (recipe, type, step) => {
        await useBackend(backend);
        const file = exported(recipe, type, { step });
        for (const name of linearNames) {
          const [stored, forward] = [storedValues(file, name), await forwardValues(recipe, step, name)];
          expect(new Int32Array(stored.buffer), name).toEqual(new Int32Array(forward.buffer));
        }
        for (const name of ['embedding.weight', 'norm.weight', 'head.weight']) {
          expect(storedValues(file, name)).toEqual(parameters.get(name)!.values);
        }
      },
    );

    it("has the codes and scale bytes of the kernel that quantizes for mxfp4's products", async () => {
      await useBackend(backend);
      const file = exported('mxfp4', 'MXFP4');
      const { shape, values } = parameters.get('blocks.1.attention.output.weight')!;
      const [rows, cols] = shape as [number, number];
      const packed = fp4Quantize(tensor2d(values, [rows, cols]) as Tensor2D, {
        granularity: { block: 32 },
        scale: 'e8m0Floor',
      });
      const stored = unpackGgufMxfp4(file.readTensor('blk.1.attn_output.weight'), rows, cols);
      expect(getBackend()).toBe(backend);
      const words = (await packed.codes.data()) as Int32Array;
      expect(unpackCodes(stored.words, rows, cols)).toEqual(unpackCodes(words.slice(), rows, cols));
      expect(dequantize({ ...stored, words: words.slice(), format: E2M1 })).toEqual(dequantize(stored));
    });
  },
);

describe('an exported model', () => {
  it('keeps in BF16 what its recipe does, and the rest as asked', () => {
    const file = exported('nvfp4', 'NVFP4', { rest: 'Q8_0' });
    expect(typesOf(file, 'attn_q')).toEqual(['NVFP4', 'NVFP4', 'BF16']);
    expect(typesOf(file, 'ffn_down')).toEqual(['NVFP4', 'NVFP4', 'BF16']);
    expect(typesOf(file, 'attn_norm')).toEqual(['F32', 'F32', 'F32']);
    expect(file.tensors.get('token_embd.weight')!.type).toBe('Q8_0');
    expect(file.tensors.get('output.weight')!.type).toBe('Q8_0');
    const scales = [...file.tensors.keys()].filter((name) => name.endsWith('.scale'));
    expect(scales).toHaveLength(2 * 7);
    // Query, key and value were quantized as one matrix, under one scale.
    const scaleOf = (name: string): Uint8Array => file.readTensor(`blk.0.${name}.scale`);
    expect(scaleOf('attn_q')).toEqual(scaleOf('attn_v'));
    const bytes = file.readTensor('blk.0.attn_q.weight');
    expect(() => unpackGgufNvfp4(bytes, config.dim, config.dim)).not.toThrow();
  });

  it('says what it did: zeros, codes of an earlier phase, codes made now', () => {
    expect(exported('mxfp4', 'MXFP4', { rest: 'F16' }).notes).toHaveLength(1);
    expect(exported('mxfp4', 'MXFP4').notes).toEqual([
      'the feed-forward width 88 is filled up with zeros to 96, whole blocks of MXFP4; no result changes',
      'embedding and head are F32, as they were trained; with --rest f16 or q8_0 they take less',
    ]);
    expect(exported('nvfp4', 'NVFP4', { step: 90 }).notes[0]).toMatch(
      /^since step 82 the forward products have not taken NVFP4/,
    );
    expect(exported('f32', 'MXFP4').notes[0]).toMatch(/^MXFP4 codes are made now, from the trained weights/);
    expect(exported('fp4-paper', 'MXFP4', { weights: 'master' }).notes[0]).toMatch(
      /^MXFP4 codes are made now/,
    );
    expect(exported('fp4-paper', 'F16').notes).toEqual([]);
  });

  it.each<[string, ExportType, Partial<GgufPlanOptions>, string]>([
    [
      'fp4-paper',
      'MXFP4',
      {},
      "was trained with other codes than MXFP4's under fp4-paper, and would be rounded a second time",
    ],
    ['mxfp4', 'NVFP4', {}, "was trained with other codes than NVFP4's"],
    ['fp4-g32', 'MXFP4', {}, "was trained with other codes than MXFP4's"],
    ['quartet', 'F32', {}, 'is quantized after a Hadamard transform, which a model file cannot say'],
    [
      'nvfp4',
      'NVFP4',
      { config: { ...config, dim: 96, headDim: 16 } },
      'rows of blk.0.attn_q.weight (blocks.0.attention.qkv.weight) must be a multiple of 64 long in NVFP4, but have 96',
    ],
    ['f32', 'Q8_0', { config: { ...config, dim: 40, headDim: 8 } }, 'must be a multiple of 32 long in Q8_0'],
  ])('of recipe %s in %s is refused where it cannot be: %o', (recipe, type, options, message) => {
    expect(() => exported(recipe, type, options)).toThrow(message);
  });

  it('is refused where a weight is not finite, by name', () => {
    const damaged = { shape: [1], values: Float32Array.of(NaN) };
    const plan = planGguf({
      config,
      phases: recipePhases({ ...defaultConfig, recipe: 'mxfp4', steps: STEPS }),
      type: 'MXFP4',
      weights: 'quantized',
      rest: 'F32',
    });
    const parameter = (name: string): Parameter =>
      name === 'blocks.1.mlp.down.weight'
        ? {
            ...parameters.get(name)!,
            values: parameters.get(name)!.values.map((x, i) => (i === 7 ? NaN : x)),
          }
        : (parameters.get(name) ?? damaged);
    const { chunks } = modelGguf({ config, plan, type: 'MXFP4', name: '', metadata: new Map(), parameter });
    expect(() => [...chunks]).toThrow(
      /modelGguf: blocks.1.mlp.down.weight cannot be written as MXFP4: .*finite/,
    );
  });
});
