import type { PaperSettings } from '../paper-settings.ts';

/** A model of the grid, with a highest learning rate near the best of its f32 run (`docs/experiments.md` says how near). */
export interface QatModel {
  /** Name in the zoo. */
  readonly name: string;
  readonly learningRate: number;
  /** Of the runs that the law is fitted to. Small models, which cost little, are trained with more seeds. */
  readonly lawSeeds: readonly number[];
  /** Of the other runs, which are compared in pairs. */
  readonly seeds: readonly number[];
}

/** The grid of runs that the results of arXiv 2505.14302 rest on. */
export interface QatSettings {
  /** From the smallest to the largest. */
  readonly models: readonly QatModel[];
  /** Token budgets, each with a learning rate schedule of its own, as in the paper. */
  readonly tokens: readonly number[];
  /** Group sizes; null is one scale per token and per output channel. */
  readonly groups: readonly (number | null)[];
  /** The group sizes at which errors are taken apart. */
  readonly fewGroups: readonly (number | null)[];
  readonly batchSize: number;
}

/** The grid of the committed results. */
export const defaultQatSettings: QatSettings = {
  models: [
    { name: 'qat-70k', learningRate: 2e-3, lawSeeds: [1, 2, 3, 4, 5], seeds: [1, 2, 3] },
    { name: 'qat-280k', learningRate: 1.4e-3, lawSeeds: [1, 2, 3], seeds: [1, 2] },
    { name: 'qat-630k', learningRate: 1e-3, lawSeeds: [1, 2], seeds: [1] },
    { name: 'qat-1.1m', learningRate: 1e-3, lawSeeds: [1], seeds: [1] },
  ],
  tokens: [256_000, 512_000, 1_024_000],
  groups: [16, 32, 64, null],
  fewGroups: [32, null],
  batchSize: 4,
};

/** The grid of `--quick`. */
export const quickQatSettings: QatSettings = {
  models: [
    { name: 'nano', learningRate: 4e-3, lawSeeds: [1], seeds: [1] },
    { name: 'micro', learningRate: 4e-3, lawSeeds: [1], seeds: [1] },
    { name: 'qat-70k', learningRate: 4e-3, lawSeeds: [1], seeds: [1] },
  ],
  tokens: [512, 1024, 2048],
  groups: [16, null],
  fewGroups: [16, null],
  batchSize: 4,
};

/** The settings of one run of the grid. */
export function settingsOfQatRun(
  settings: PaperSettings,
  { batchSize }: QatSettings,
  { name, learningRate }: QatModel,
  tokens: number,
): PaperSettings {
  return { ...settings, model: name, learningRate, tokens, batchSize };
}

/** `int4-g32`, or `int4-channel` where there is no group size. */
export function groupRecipe(format: 'int4' | 'fp4', group: number | null): string {
  return `${format}-${group === null ? 'channel' : `g${group}`}`;
}
