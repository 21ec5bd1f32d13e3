import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { LinearOp, Llama } from '@nibble-ml/llama';
import { createLinears, findRecipe } from '@nibble-ml/recipes';
import type { LayerPrecision, Linears, Recipe } from '@nibble-ml/recipes';
import { defaultConfig } from '../src/config/train-config.ts';
import type { TrainConfig } from '../src/config/train-config.ts';
import { defaultText } from '../src/data/default-text.ts';
import { linearModelOf } from '../src/training/linear-model.ts';
import type { TrainedModel } from '../src/training/load-trained.ts';
import { silentObserver } from '../src/training/train-observer.ts';
import { trainRun } from '../src/training/train-run.ts';
import { logSoftmax } from './llama-cpp.ts';

/** Trains a small model for some steps on the beginning of the built-in text, and returns its folder. */
export async function trainSmall(
  folder: string,
  recipe: string,
  changes: Partial<TrainConfig> & { readonly characters?: number },
): Promise<string> {
  const { characters = 100_000, ...config } = changes;
  const data = join(folder, 'text.txt');
  writeFileSync(data, defaultText().text.slice(0, characters));
  const out = join(folder, recipe);
  await trainRun(
    {
      ...defaultConfig,
      model: 'micro',
      context: 64,
      batchSize: 4,
      vocabSize: 512,
      learningRate: 5e-3,
      backend: 'wasm',
      ...config,
      recipe,
      data,
      out,
    },
    { observer: silentObserver, signal: new AbortController().signal },
  );
  return out;
}

/** A layer whose activations are not quantized. */
function plain(layer: LayerPrecision): LayerPrecision {
  return { ...layer, activations: { format: 'f32' } };
}

/** A recipe without the quantization of activations, and without its late switch: what its quantized weights alone give. */
export function weightsOnly(recipe: Recipe, { keepsSwitch }: { readonly keepsSwitch: boolean }): Recipe {
  const { switchAt } = recipe;
  return {
    ...recipe,
    layer: plain(recipe.layer),
    overrides: recipe.overrides.map((each) => Object.assign({}, each, { layer: plain(each.layer) })),
    switchAt: keepsSwitch && switchAt !== null ? { ...switchAt, layer: plain(switchAt.layer) } : null,
  };
}

/** The linear layers of a trained model under another recipe. */
export function linearsUnder({ config, model, step }: TrainedModel, recipe: Recipe | string): Linears {
  const found = typeof recipe === 'string' ? findRecipe(recipe) : recipe;
  const linears = createLinears(found, {
    seed: config.seed,
    steps: config.steps,
    model: linearModelOf(model.config),
  });
  linears.weightsChanged(step);
  return linears;
}

/** Ids in windows of a length, each without what came before it. */
export function windowsOf(ids: Int32Array, length: number): number[][] {
  return Array.from({ length: Math.ceil(ids.length / length) }, (_, i) =>
    Array.from(ids.subarray(i * length, (i + 1) * length)),
  );
}

/** For each position of each window the log-probabilities of the next token. */
export async function ourLogProbabilities(
  model: Llama,
  linear: LinearOp,
  windows: readonly number[][],
): Promise<Float64Array[]> {
  const rows: Float64Array[] = [];
  const { vocabSize } = model.config;
  for (const window of windows) {
    const logits = tidy(() => model.forward(tensor2d(window, [1, window.length], 'int32'), linear));
    const values = await logits.data();
    logits.dispose();
    for (let i = 0; i < window.length; i++) {
      rows.push(logSoftmax(values.subarray(i * vocabSize, (i + 1) * vocabSize)));
    }
  }
  return rows;
}

/** Perplexity of windows of tokens under the log-probabilities of their positions. */
export function perplexity(rows: readonly Float64Array[], windows: readonly number[][]): number {
  let [sum, count, row] = [0, 0, 0];
  for (const window of windows) {
    for (let i = 0; i < window.length; i++, row++) {
      if (i + 1 === window.length) continue;
      sum -= rows[row]![window[i + 1]!]!;
      count++;
    }
  }
  return Math.exp(sum / count);
}

/** The greatest difference of two sets of log-probabilities. */
export function greatestDifference(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  let greatest = 0;
  for (const [i, row] of a.entries()) {
    for (let j = 0; j < row.length; j++) greatest = Math.max(greatest, Math.abs(row[j]! - b[i]![j]!));
  }
  return greatest;
}
