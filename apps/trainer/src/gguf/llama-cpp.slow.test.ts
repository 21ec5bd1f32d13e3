import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import { useBackend } from '@nibble-ml/testing';
import * as fc from 'fast-check';
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
import { defaultText } from '../data/default-text.ts';
import { loadTrained } from '../training/load-trained.ts';
import type { TrainedModel } from '../training/load-trained.ts';
import { exportGguf } from './export-gguf.ts';
import type { ExportGgufOptions } from './export-gguf.ts';

const found = await findLlamaCpp();
const reason = 'reason' in found ? `: skipped, ${found.reason}` : '';
const folder = mkdtempSync(join(tmpdir(), 'nibble-llama-cpp-'));
const TOKENS = 2000;
const CONTEXT = 128;
const NEW_TOKENS = 64;
/** A part of the text that no run here has seen. */
const validation = defaultText().text.slice(900_000, 912_000);

interface Case {
  readonly recipe: string;
  readonly options: ExportGgufOptions;
  /** What we compute with: another recipe, or the weights of the run's own, before its late switch or after it. */
  readonly ours: string;
  readonly keepsSwitch?: boolean;
}

/** The figures of one export. */
async function figures({ recipe, options, ours, keepsSwitch = true }: Case, run: string) {
  if ('reason' in found) throw new Error(found.reason);
  const file = join(folder, 'model.gguf');
  const { bitsPerWeight } = exportGguf(run, { ...options, out: file });
  const trained: TrainedModel = loadTrained(run);
  const { model, tokenizer } = trained;
  const linears = linearsUnder(trained, weightsOnly(findRecipe(ours), { keepsSwitch }));
  const before = linearsUnder(trained, { ...findRecipe(recipe), switchAt: null });
  const windows = windowsOf(tokenizer.encode(validation).subarray(0, TOKENS), CONTEXT);
  const theirs = await loadLlamaCpp(found.llama, file);
  try {
    const rows: Float64Array[] = [];
    for (const window of windows) for (const row of await theirs.logProbabilities(window)) rows.push(row);
    const own = await ourLogProbabilities(model, linears.linear, windows);
    const full = await ourLogProbabilities(model, before.linear, windows);
    let alike = 0;
    for (const window of windows.slice(0, 4)) {
      const prompt = window.slice(0, 16);
      const sampling = { maxNewTokens: NEW_TOKENS, temperature: 0, seed: 1, linear: linears.linear };
      const mine = await generate(model, prompt, sampling);
      const other = await theirs.greedy(prompt, NEW_TOKENS);
      const at = mine.findIndex((id, i) => id !== other[i]);
      alike += at < 0 ? NEW_TOKENS : at;
    }
    const result = {
      theirs: perplexity(rows, windows),
      ours: perplexity(own, windows),
      inRecipe: perplexity(full, windows),
      difference: greatestDifference(rows, own),
      alike,
    };
    console.log(
      `${recipe.padEnd(9)} ${options.type.padEnd(5)} ${(options.weights ?? 'quantized').padEnd(9)} ${bitsPerWeight.toFixed(2).padStart(5)} bits, perplexity of ${rows.length} tokens: llama.cpp ${result.theirs.toFixed(4)}, ours ${result.ours.toFixed(4)} (${percent(result.theirs / result.ours)}), with quantized activations ${result.inRecipe.toFixed(4)} (${percent(result.theirs / result.inRecipe)}); greatest difference of log-probabilities ${result.difference.toExponential(1)}; ${alike} of ${4 * NEW_TOKENS} likeliest tokens alike`,
    );
    return result;
  } finally {
    await theirs.dispose();
    linears.dispose();
    before.dispose();
    trained.linears.dispose();
    model.dispose();
  }
}

function percent(ratio: number): string {
  return `${ratio >= 1 ? '+' : ''}${(100 * (ratio - 1)).toFixed(4)} %`;
}

describe.skipIf('reason' in found)(`exported models in llama.cpp${reason}`, () => {
  const runs: Record<string, string> = {};
  beforeAll(async () => {
    await useBackend('wasm');
    for (const recipe of ['f32', 'fp4-paper', 'mxfp4', 'nvfp4']) {
      const settings = { steps: 300, context: CONTEXT, vocabSize: 1024, batchSize: 8, characters: 800_000 };
      runs[recipe] = await trainSmall(folder, recipe, settings);
    }
  }, 1_200_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<Case>([
    { recipe: 'f32', options: { type: 'F32' }, ours: 'f32' },
    { recipe: 'fp4-paper', options: { type: 'F32', weights: 'master' }, ours: 'f32' },
    { recipe: 'fp4-paper', options: { type: 'F32' }, ours: 'fp4-paper' },
  ])('$recipe in F32: log-probabilities within 1e-3, the likeliest tokens the same', async (each) => {
    const { theirs, ours, difference, alike } = await figures(each, runs[each.recipe]!);
    expect(difference).toBeLessThanOrEqual(1e-3);
    expect(Math.abs(theirs / ours - 1)).toBeLessThanOrEqual(1e-3);
    expect(alike).toBe(4 * NEW_TOKENS);
  });

  it.each<Case>([
    { recipe: 'fp4-paper', options: { type: 'F16' }, ours: 'fp4-paper' },
    { recipe: 'fp4-paper', options: { type: 'BF16' }, ours: 'fp4-paper' },
    { recipe: 'fp4-paper', options: { type: 'Q8_0' }, ours: 'fp4-paper' },
    { recipe: 'mxfp4', options: { type: 'MXFP4' }, ours: 'mxfp4' },
    { recipe: 'nvfp4', options: { type: 'NVFP4' }, ours: 'nvfp4', keepsSwitch: false },
  ])('$recipe in $options.type: perplexity within 1 %', async (each) => {
    const { theirs, ours, inRecipe } = await figures(each, runs[each.recipe]!);
    expect(Math.abs(theirs / ours - 1)).toBeLessThanOrEqual(0.01);
    // Also with activations of 4 bits, which llama.cpp takes in 8.
    expect(Math.abs(theirs / inRecipe - 1)).toBeLessThanOrEqual(0.01);
  });

  it('encodes any text as we do', async () => {
    if ('reason' in found) throw new Error(found.reason);
    const file = join(folder, 'tokenizer.gguf');
    exportGguf(runs['f32']!, { type: 'F32', out: file });
    const trained = loadTrained(runs['f32']!);
    const theirs = await loadLlamaCpp(found.llama, file);
    let texts = 0;
    const check = (text: string): void => {
      texts++;
      expect(theirs.tokenize(text), JSON.stringify(text)).toEqual([...trained.tokenizer.encode(text)]);
    };
    for (let at = 0; at < 1_200_000; at += 12_000) check(defaultText().text.slice(at, at + 3000));
    // Every character of the planes that have some, between letters and after a space.
    for (let point = 1; point < 0x3_0000; point++) {
      if (point >= 0xd800 && point < 0xe000) continue;
      check(`a${String.fromCodePoint(point)}b`);
      check(` ${String.fromCodePoint(point)} 1`);
    }
    const units = ['grapheme', 'binary', 'grapheme-ascii'] as const;
    for (const unit of units) {
      fc.assert(
        fc.property(fc.string({ unit, maxLength: 60 }), (text) => check(text.toWellFormed())),
        {
          seed: 5,
          numRuns: 3000,
        },
      );
    }
    console.log(`${texts} texts encoded alike`);
    await theirs.dispose();
    trained.linears.dispose();
    trained.model.dispose();
  });
});
