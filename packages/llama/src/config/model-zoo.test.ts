import { describe, expect, it } from 'vitest';
import { countParameters } from './count-parameters.ts';
import { flopsPerToken, forwardFlopsPerToken } from './flops-per-token.ts';
import { headDimOf, validateConfig } from './llama-config.ts';
import type { LlamaConfig } from './llama-config.ts';
import { findModel, modelZoo } from './model-zoo.ts';

describe('modelZoo', () => {
  it.each(Object.values(modelZoo))('has a valid config called $name', (config) => {
    expect(() => validateConfig(config)).not.toThrow();
    expect(modelZoo[config.name]).toBe(config);
  });
  it.each([
    ['qat-74m', 74.32],
    ['qat-145m', 144.7],
    ['qat-297m', 297.27],
    ['qat-595m', 594.54],
    ['qat-973m', 973.08],
    ['qat-2.8b', 2818.6],
  ])('%s has the %f million non-embedding parameters of arXiv 2505.14302', (name, millions) => {
    const digits = name === 'qat-2.8b' ? 1 : 2;
    expect(Number((countParameters(findModel(name)).nonEmbedding / 1e6).toFixed(digits))).toBe(millions);
  });
  it('has the published parameter counts of LLaMA 2', () => {
    expect(countParameters(findModel('llama-2-7b')).total).toBe(6_738_415_616);
    expect(countParameters(findModel('llama-2-13b')).total).toBe(13_015_864_320);
  });
  it.each([
    ['smollm-135m', 134_515_008],
    ['smollm-360m', 361_821_120],
    ['llama-3.2-1b', 1_235_814_400],
  ])('%s has the %i parameters of its published weights', (name, total) => {
    expect(countParameters(findModel(name)).total).toBe(total);
  });
  it('has about the sizes of arXiv 2501.17116, and a million for tiny', () => {
    expect(countParameters(findModel('fp4-400m')).total / 400e6).toBeCloseTo(1, 0);
    expect(countParameters(findModel('fp4-1.3b')).total / 1.3e9).toBeCloseTo(1, 1);
    expect(countParameters(findModel('tiny')).total / 1e6).toBeCloseTo(1, 1);
  });
  it('names the models there are when one is not found', () => {
    expect(() => findModel('llama-9')).toThrow(
      /^findModel: name must be one of nano, micro, tiny, .*but got llama-9$/,
    );
    expect(() => findModel('toString')).toThrow(RangeError);
  });
});

describe('countParameters', () => {
  it('counts a shared embedding once', () => {
    const config = findModel('nano');
    const tied = countParameters({ ...config, tiedEmbeddings: true });
    expect(countParameters(config).total - tied.total).toBe(config.vocabSize * config.dim);
    expect(countParameters(config).nonEmbedding).toBe(tied.nonEmbedding);
  });
});

describe('flopsPerToken', () => {
  it('counts every multiply-add of a small model', () => {
    const config: LlamaConfig = { ...findModel('nano'), nLayers: 1 };
    const { dim, ffnDim, vocabSize } = config;
    // qkv 64 x 32, output 32 x 32, gate and up 176 x 32, down 32 x 88, head 256 x 32; scores and values 16 x 32 each.
    const products = 2 * dim * dim + dim * dim + 3 * ffnDim * dim + vocabSize * dim + 2 * 16 * dim;
    expect(forwardFlopsPerToken(config, 16)).toBe(2 * products);
    expect(flopsPerToken(config, 16)).toBe(6 * products);
  });
});

describe('validateConfig', () => {
  const nano = findModel('nano');
  it.each<[Partial<LlamaConfig>, string]>([
    [{ nLayers: 0 }, 'LlamaConfig: nLayers must be an integer of at least 1, but got 0'],
    [{ nHeads: 3 }, 'LlamaConfig: dim must be a multiple of nHeads, but got 32 and 3; or set headDim'],
    [{ nHeads: 4, nKvHeads: 3 }, 'LlamaConfig: nHeads must be a multiple of nKvHeads, but got 4 and 3'],
    [{ headDim: 5 }, 'LlamaConfig: headDim must be even, but got 5'],
    [{ ropeTheta: 0 }, 'LlamaConfig: ropeTheta must be positive, but got 0'],
    [{ normEps: Number.NaN }, 'LlamaConfig: normEps must be at least 0, but got NaN'],
  ])('refuses %o', (change, message) => {
    expect(() => validateConfig({ ...nano, ...change })).toThrow(message);
  });
  it('lets headDim be set apart from dim / nHeads', () => {
    expect(headDimOf({ ...nano, headDim: 20 })).toBe(20);
    expect(headDimOf(nano)).toBe(16);
  });
});
