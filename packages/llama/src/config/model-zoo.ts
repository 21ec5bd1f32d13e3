import type { LlamaConfig } from './llama-config.ts';

const DEFAULTS = { ropeTheta: 10_000, normEps: 1e-5, tiedEmbeddings: false } as const;

// arXiv 2505.14302, Table 3: Llama-3 style. Neither vocabulary nor context is printed beyond "seq 2048"; the
// vocabulary here is Llama 3's. Non-embedding parameter counts do not depend on it.
const SCALING_LAW = { ...DEFAULTS, vocabSize: 128_256, context: 2048, ropeTheta: 500_000 } as const;

// arXiv 2501.17116 follows LLaMA 2: its vocabulary, no grouped queries below 70B, sequences of 2048 tokens.
const LLAMA_2 = { ...DEFAULTS, vocabSize: 32_000, context: 2048 } as const;

// The same shape narrower, all of one depth, in widths that groups of 16, 32 and 64 divide.
const NANO_SCALING_LAW = {
  ...DEFAULTS,
  vocabSize: 1024,
  context: 128,
  nLayers: 2,
  nHeads: 4,
  nKvHeads: 1,
} as const;

const SMOL = { ...DEFAULTS, vocabSize: 49_152, context: 2048, tiedEmbeddings: true } as const;

const LLAMA_3 = {
  ...DEFAULTS,
  vocabSize: 128_256,
  context: 8192,
  ropeTheta: 500_000,
  tiedEmbeddings: true,
} as const;

/**
 * Configs by name.
 *
 * - `nano`, `micro`, `tiny`: for tests, sweeps and a first run on a CPU; `tiny` has about a million parameters.
 * - `smollm-…`: HuggingFaceTB/SmolLM-135M and -360M, from their config.json; `llama-3.2-1b`: meta-llama/Llama-3.2-1B,
 *   likewise, with the context it was first trained on and without the scaling of its angles for longer ones.
 * - `qat-70k` to `qat-1.1m`: models of the shape of arXiv 2505.14302 (grouped queries, FFN of twice the width), small
 *   enough for its sweeps on a CPU.
 * - `qat-74m` to `qat-2.8b`: the six models of arXiv 2505.14302, Table 3.
 * - `fp4-400m`, `fp4-1.3b`: the models of arXiv 2501.17116, which prints no dimensions. 400M: 24 blocks of width 1024
 *   with LLaMA's FFN rule (8/3 of the width, up to a multiple of 256). 1.3B: the 24 blocks its figures show, in the
 *   dimensions of the public 1.3B LLaMA (arXiv 2310.06694).
 * - `llama-2-7b`, `llama-2-13b`: arXiv 2307.09288, here with the 2048 tokens that arXiv 2501.17116 trains on.
 */
export const modelZoo: Readonly<Record<string, LlamaConfig>> = byName([
  {
    ...DEFAULTS,
    name: 'nano',
    vocabSize: 256,
    dim: 32,
    nLayers: 2,
    nHeads: 2,
    nKvHeads: 1,
    ffnDim: 88,
    context: 64,
  },
  {
    ...DEFAULTS,
    name: 'micro',
    vocabSize: 512,
    dim: 64,
    nLayers: 2,
    nHeads: 4,
    nKvHeads: 2,
    ffnDim: 176,
    context: 128,
  },
  {
    ...DEFAULTS,
    name: 'tiny',
    vocabSize: 1024,
    dim: 128,
    nLayers: 4,
    nHeads: 4,
    nKvHeads: 2,
    ffnDim: 344,
    context: 128,
  },
  { ...NANO_SCALING_LAW, name: 'qat-70k', dim: 64, ffnDim: 128 },
  { ...NANO_SCALING_LAW, name: 'qat-280k', dim: 128, ffnDim: 256 },
  { ...NANO_SCALING_LAW, name: 'qat-630k', dim: 192, ffnDim: 384 },
  { ...NANO_SCALING_LAW, name: 'qat-1.1m', dim: 256, ffnDim: 512 },
  { ...SMOL, name: 'smollm-135m', dim: 576, nLayers: 30, nHeads: 9, nKvHeads: 3, ffnDim: 1536 },
  { ...SMOL, name: 'smollm-360m', dim: 960, nLayers: 32, nHeads: 15, nKvHeads: 5, ffnDim: 2560 },
  { ...LLAMA_3, name: 'llama-3.2-1b', dim: 2048, nLayers: 16, nHeads: 32, nKvHeads: 8, ffnDim: 8192 },
  { ...SCALING_LAW, name: 'qat-74m', dim: 768, nLayers: 12, nHeads: 16, nKvHeads: 4, ffnDim: 2048 },
  { ...SCALING_LAW, name: 'qat-145m', dim: 1024, nLayers: 12, nHeads: 16, nKvHeads: 4, ffnDim: 3072 },
  { ...SCALING_LAW, name: 'qat-297m', dim: 1536, nLayers: 12, nHeads: 24, nKvHeads: 6, ffnDim: 4096 },
  { ...SCALING_LAW, name: 'qat-595m', dim: 1536, nLayers: 24, nHeads: 24, nKvHeads: 6, ffnDim: 4096 },
  { ...SCALING_LAW, name: 'qat-973m', dim: 2048, nLayers: 16, nHeads: 32, nKvHeads: 8, ffnDim: 8192 },
  { ...SCALING_LAW, name: 'qat-2.8b', dim: 3072, nLayers: 28, nHeads: 24, nKvHeads: 8, ffnDim: 8192 },
  { ...LLAMA_2, name: 'fp4-400m', dim: 1024, nLayers: 24, nHeads: 16, nKvHeads: 16, ffnDim: 2816 },
  { ...LLAMA_2, name: 'fp4-1.3b', dim: 2048, nLayers: 24, nHeads: 16, nKvHeads: 16, ffnDim: 5504 },
  { ...LLAMA_2, name: 'llama-2-7b', dim: 4096, nLayers: 32, nHeads: 32, nKvHeads: 32, ffnDim: 11_008 },
  { ...LLAMA_2, name: 'llama-2-13b', dim: 5120, nLayers: 40, nHeads: 40, nKvHeads: 40, ffnDim: 13_824 },
]);

/**
 * The config called `name`.
 *
 * @throws RangeError listing the names there are
 */
export function findModel(name: string): LlamaConfig {
  const config = Object.hasOwn(modelZoo, name) ? modelZoo[name] : undefined;
  if (config === undefined) {
    throw new RangeError(
      `findModel: name must be one of ${Object.keys(modelZoo).join(', ')}, but got ${name}`,
    );
  }
  return config;
}

function byName(configs: readonly LlamaConfig[]): Record<string, LlamaConfig> {
  return Object.fromEntries(configs.map((config) => [config.name, config]));
}
