import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import { testBackends, useBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLlamaCpp, loadLlamaCpp } from '../../test/llama-cpp.ts';
import {
  greatestDifference,
  linearsUnder,
  ourLogProbabilities,
  perplexity,
  trainSmall,
  weightsOnly,
  windowsOf,
} from '../../test/trained-run.ts';
import { texts } from '../../test/tokenizer-texts.ts';
import { defaultText } from '../data/default-text.ts';
import { loadTrained } from '../training/load-trained.ts';
import { exportGguf } from './export-gguf.ts';
import type { ExportGgufOptions } from './export-gguf.ts';

const found = await findLlamaCpp();
const reason = 'reason' in found ? `: skipped, ${found.reason}` : '';
const isRun = !('reason' in found) && testBackends.includes('wasm');
const folder = mkdtempSync(join(tmpdir(), 'nibble-llama-cpp-'));
const STEPS = 24;

/** What llama.cpp and we make of one export, computing with the same weights. */
async function compare(run: string, options: ExportGgufOptions, recipe: string, keepsSwitch = true) {
  if ('reason' in found) throw new Error(found.reason);
  const file = join(folder, `${options.type}-${options.weights}.gguf`);
  exportGguf(run, { ...options, out: file });
  const trained = loadTrained(run);
  const { model, tokenizer } = trained;
  const linears = linearsUnder(trained, weightsOnly(findRecipe(recipe), { keepsSwitch }));
  const theirs = await loadLlamaCpp(found.llama, file);
  try {
    const ids = tokenizer.encode(defaultText().text.slice(300_000, 302_000)).subarray(0, 256);
    const windows = windowsOf(ids, 64);
    const rows: Float64Array[] = [];
    for (const window of windows) for (const row of await theirs.logProbabilities(window)) rows.push(row);
    const ours = await ourLogProbabilities(model, linears.linear, windows);
    const prompt = windows[0]!.slice(0, 16);
    const sampling = { maxNewTokens: 24, temperature: 0, seed: 1, linear: linears.linear };
    return {
      difference: greatestDifference(rows, ours),
      perplexityRatio: perplexity(rows, windows) / perplexity(ours, windows),
      continuations: [await theirs.greedy(prompt, 24), await generate(model, prompt, sampling)],
    };
  } finally {
    await theirs.dispose();
    linears.dispose();
    trained.linears.dispose();
    model.dispose();
  }
}

describe.skipIf(!isRun)(`a GGUF file in llama.cpp${reason}`, { timeout: 120_000 }, () => {
  const runs: Record<string, string> = {};
  beforeAll(async () => {
    await useBackend('wasm');
    for (const recipe of ['fp4-paper', 'mxfp4', 'nvfp4']) {
      runs[recipe] = await trainSmall(folder, recipe, { steps: STEPS });
    }
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<[string, ExportGgufOptions, string]>([
    ['as trained', { type: 'F32', weights: 'master' }, 'f32'],
    ['as the forward product takes them', { type: 'F32' }, 'fp4-paper'],
  ])('has our log-probabilities and continuations with F32 weights %s', async (_, options, recipe) => {
    const { difference, perplexityRatio, continuations } = await compare(runs['fp4-paper']!, options, recipe);
    expect(difference).toBeLessThan(1e-4);
    expect(Math.abs(perplexityRatio - 1)).toBeLessThan(1e-5);
    expect(continuations[0]).toEqual(continuations[1]);
  });

  it.each<[ExportGgufOptions, string, number]>([
    [{ type: 'F16' }, 'fp4-paper', 1e-4],
    [{ type: 'BF16' }, 'fp4-paper', 1e-3],
    [{ type: 'Q8_0' }, 'fp4-paper', 2e-3],
    // Exact weights; llama.cpp rounds activations to INT8 for these types.
    [{ type: 'MXFP4' }, 'mxfp4', 2e-3],
    [{ type: 'NVFP4' }, 'nvfp4', 2e-3],
  ])('has our perplexity with $type', async (options, recipe, bound) => {
    const { perplexityRatio } = await compare(runs[recipe]!, options, recipe, false);
    expect(Math.abs(perplexityRatio - 1)).toBeLessThan(bound);
  });

  it('encodes and decodes as we do', async () => {
    if ('reason' in found) throw new Error(found.reason);
    const file = join(folder, 'tokenizer.gguf');
    exportGguf(runs['mxfp4']!, { type: 'F32', out: file });
    const trained = loadTrained(runs['mxfp4']!);
    const theirs = await loadLlamaCpp(found.llama, file);
    for (const text of texts) {
      const ids = [...trained.tokenizer.encode(text)];
      expect(theirs.tokenize(text), JSON.stringify(text)).toEqual(ids);
    }
    await theirs.dispose();
    trained.linears.dispose();
    trained.model.dispose();
  });
});
