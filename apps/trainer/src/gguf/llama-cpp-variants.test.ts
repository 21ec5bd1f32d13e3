import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { denseLinear, findModel } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import { testBackends, useBackend } from '@nibble-ml/testing';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLlamaCpp, loadLlamaCpp } from '../../test/llama-cpp.ts';
import type { LlamaCppModel } from '../../test/llama-cpp.ts';
import { randomModel } from '../../test/random-model.ts';
import { greatestDifference, ourLogProbabilities } from '../../test/trained-run.ts';
import { texts } from '../../test/tokenizer-texts.ts';
import { defaultText } from '../data/default-text.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { modelGguf } from './model-gguf.ts';
import type { Parameter } from './model-gguf.ts';
import { planGguf } from './plan-gguf.ts';
import { preTokenizerOf } from './pre-tokenizers.ts';
import { sentencePieceParts } from './sentence-piece-parts.ts';
import { tokenizerMetadata } from './tokenizer-metadata.ts';

const found = await findLlamaCpp();
const reason = 'reason' in found ? `: skipped, ${found.reason}` : '';
const isRun = !('reason' in found) && testBackends.includes('wasm');
const folder = mkdtempSync(join(tmpdir(), 'nibble-llama-cpp-'));
const trained = trainBpe(defaultText().text.slice(0, 100_000), { vocabSize: 600 });

/** Writes a model of random weights with a tokenizer, opens it in llama.cpp, and hands both over. */
async function withModel(
  config: LlamaConfig,
  tokenizerJson: object,
  use: (theirs: LlamaCppModel, ours: ReturnType<typeof randomModel>) => Promise<void>,
): Promise<void> {
  if ('reason' in found) throw new Error(found.reason);
  const ours = randomModel(config);
  const parameters = new Map<string, Parameter>();
  for (const [name, variable] of ours.parameters) {
    parameters.set(name, { shape: variable.shape, values: (await variable.data()) as Float32Array });
  }
  const phases = [{ stepsDone: 0, recipe: findRecipe('f32'), isLate: false }];
  const ids = { bos: null, eos: [0], pad: null };
  const { chunks } = modelGguf({
    config,
    plan: planGguf({ config, phases, type: 'F32', weights: 'master', rest: 'F32' }),
    type: 'F32',
    name: 'random',
    metadata: tokenizerMetadata(tokenizerJson, config.vocabSize, ids),
    parameter: (name) => parameters.get(name)!,
  });
  const file = join(folder, 'model.gguf');
  writeFileSync(file, Buffer.concat([...chunks]));
  const theirs = await loadLlamaCpp(found.llama, file);
  try {
    await use(theirs, ours);
  } finally {
    await theirs.dispose();
    ours.dispose();
  }
}

/** A vocabulary of our own, split as another model's. */
function splitAs(name: string): object {
  const { preTokenizer, ignoresMerges } = preTokenizerOf(name);
  const model = { ...trained.model, ignore_merges: ignoresMerges };
  return { ...trained, pre_tokenizer: preTokenizer, model };
}

/** A vocabulary as SentencePiece makes them: bytes, then tokens by their score. */
function sentencePiece(addsSpace: boolean): object {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  );
  const isPlain = (token: string): boolean => /^[Ġ!-~é]+$/.test(token) && !token.startsWith('<|');
  const words = Object.keys(trained.model.vocab).filter((token) => token.length > 1 && isPlain(token));
  const letters = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  const pieces = [...words.map((word) => word.replaceAll('Ġ', '▁')), '▁▁', '▁▁▁▁', '▁', ...letters];
  const tokens = ['<unk>', '<s>', '</s>', ...bytes, ...new Set(pieces)];
  const scores = tokens.map((_, id) => (id < 259 ? 0 : 259 - id));
  const parts = sentencePieceParts({ tokens, scores, unknown: '<unk>', addsSpace });
  return {
    added_tokens: ['<unk>', '<s>', '</s>'].map((content, id) => ({
      id,
      content,
      special: true,
      normalized: false,
    })),
    normalizer: parts.normalizer,
    pre_tokenizer: null,
    post_processor: null,
    decoder: parts.decoder,
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: parts.merges,
    },
  };
}

const nano = { ...findModel('nano'), vocabSize: 600 };
const llama3 = {
  type: 'llama3',
  factor: 8,
  lowFreqFactor: 1,
  highFreqFactor: 4,
  originalContext: 32,
} as const;

describe.skipIf(!isRun)(`llama.cpp${reason}`, { timeout: 120_000 }, () => {
  beforeAll(() => useBackend('wasm'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<[string, Partial<LlamaConfig>]>([
    ['grouped queries', {}],
    ['a tied head', { tiedEmbeddings: true }],
    ['heads wider than their share', { headDim: 24, nHeads: 4, nKvHeads: 2 }],
    ['another base of the angles', { ropeTheta: 500_000, normEps: 1e-6 }],
    ["Llama 3's angles", { ropeScaling: llama3, headDim: 64 }],
    ['angles divided', { ropeScaling: { type: 'linear', factor: 2 } }],
    [
      "YaRN's angles",
      {
        headDim: 64,
        ropeScaling: {
          type: 'yarn',
          factor: 4,
          originalContext: 32,
          betaFast: 32,
          betaSlow: 1,
          attentionFactor: 0.1 * Math.log(4) + 1,
          truncate: true,
        },
      },
    ],
  ])('computes our log-probabilities with %s', async (_, changes) => {
    const config = { ...nano, ...changes };
    await withModel(config, trained, async (theirs, ours) => {
      const ids = Array.from({ length: 64 }, (__, i) => (i * i * 7 + 3 * i) % 600);
      const rows = await theirs.logProbabilities(ids);
      const own = await ourLogProbabilities(ours, denseLinear, [ids]);
      expect(greatestDifference(rows, own)).toBeLessThan(2e-4);
      // A test that can fail: the probabilities are far from flat, and differ between positions.
      expect(greatestDifference(own.slice(1), own.slice(0, -1))).toBeGreaterThan(1);
    });
  });

  it.each<[string, object]>([
    ['gpt-2', splitAs('gpt-2')],
    ['smollm', splitAs('smollm')],
    ['llama-bpe', splitAs('llama-bpe')],
    ['smaug-bpe', splitAs('smaug-bpe')],
    ['qwen2', splitAs('qwen2')],
    ['SentencePiece', sentencePiece(true)],
    ['SentencePiece without a space before a text', sentencePiece(false)],
  ])('encodes as we do with the pre-tokenizer %s', async (_, json) => {
    const tokenizer = loadTokenizer(json);
    await withModel({ ...nano, vocabSize: Math.max(600, tokenizer.vocabSize) }, json, async (theirs) => {
      const check = (text: string): void => {
        expect(theirs.tokenize(text), JSON.stringify(text)).toEqual([...tokenizer.encode(text)]);
      };
      for (const text of texts) check(text);
      const letters = fc.constantFrom(...' \n\tabzABZ019\'"<>.,!é水🐋ßа\u0301'.split(/(?:)/u));
      fc.assert(
        fc.property(fc.array(letters, { maxLength: 40 }), (parts) => check(parts.join(''))),
        { seed: 4, numRuns: 200 },
      );
    });
  });
});
