import { createHash } from 'node:crypto';
import { findRecipe } from '@nibble-ml/recipes';
import type { TrainConfig } from '../config/train-config.ts';

/** Settings that say where a run is and what is reported of it, and change none of its numbers. */
const REPORTING: ReadonlySet<string> = new Set<keyof TrainConfig>([
  'preset',
  'out',
  'evalEvery',
  'layerStatistics',
  'checkpointEvery',
  'keepCheckpoints',
  'sampleEvery',
  'sampleTokens',
  'temperature',
  'sampleTopK',
  'sampleTopP',
  'sampleMinP',
  // What they hold is decisive, not where they lie.
  'data',
  'tokenizer',
]);

/** What the files of a run hold, as hashes or names. */
export interface RunFiles {
  readonly data: string;
  readonly tokenizer: string | null;
}

/**
 * Returns the name of a run: what a person tells it by, and a hash over all that decides its numbers. Two runs of one
 * name are the same run. A setting that is null is left out, so that one invented later makes no old run another.
 */
export function runIdentity(config: TrainConfig, files: RunFiles): string {
  const settings = Object.entries(config).filter(([key, value]) => !REPORTING.has(key) && value !== null);
  const recipes = [config.recipe, ...(config.lateRecipe === null ? [] : [config.lateRecipe])];
  const decides = [settings.toSorted(([a], [b]) => (a < b ? -1 : 1)), files, recipes.map(numericsOf)];
  const hash = createHash('sha256').update(JSON.stringify(decides)).digest('hex').slice(0, 10);
  const { model, recipe, learningRate, seed } = config;
  return [model, recipe, compactTokens(tokensOf(config)), `lr${learningRate}`, `s${seed}`, hash].join('-');
}

/** Tokens that a run is trained on: whole steps. */
export function tokensOf(config: TrainConfig): number {
  return config.steps * tokensPerStep(config);
}

/** Tokens of one optimizer step. */
export function tokensPerStep({
  batchSize,
  context,
  gradientAccumulation,
}: Pick<TrainConfig, 'batchSize' | 'context' | 'gradientAccumulation'>): number {
  return batchSize * context * gradientAccumulation;
}

const compactTokens = (tokens: number): string =>
  tokens < 10_000 ? String(tokens) : `${Math.round(tokens / 1000)}k`;

/** A recipe without its words: rewording it makes no new run, changing it does. */
function numericsOf(name: string): object {
  const { description: _, source: __, ...numerics } = findRecipe(name);
  return numerics;
}
