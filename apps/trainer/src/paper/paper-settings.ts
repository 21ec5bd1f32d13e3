import { findModel } from '@nibble-ml/llama';
import type { BackendChoice } from '../config/train-config.ts';

/** The scale at which experiments run. Everything else about training is the same for all. */
export interface PaperSettings {
  /** Name of a model in the zoo. */
  readonly model: string;
  readonly vocabSize: number;
  readonly context: number;
  readonly batchSize: number;
  /** Tokens that each run is trained on, rounded up to whole steps. */
  readonly tokens: number;
  /** Seeds of weights and data order; runs of one seed are compared with each other. */
  readonly seeds: readonly number[];
  /** Highest learning rate, the same for all recipes. */
  readonly learningRate: number;
  readonly backend: BackendChoice;
  /** A check that everything works, in seconds, on another text; its losses mean nothing. */
  readonly quick: boolean;
}

/** The scale that the committed results have. */
export const defaultSettings: PaperSettings = {
  model: 'tiny',
  vocabSize: 1024,
  context: 128,
  batchSize: 8,
  tokens: 1_024_000,
  seeds: [1, 2, 3],
  learningRate: 2e-3,
  backend: 'auto',
  quick: false,
};

/** The scale of `--quick`. */
export const quickSettings: PaperSettings = {
  model: 'nano',
  vocabSize: 260,
  context: 32,
  batchSize: 4,
  tokens: 2048,
  seeds: [1, 2],
  learningRate: 2e-3,
  backend: 'wasm',
  quick: true,
};

/** Optimizer steps of a run. */
export function stepsOf({ tokens, batchSize, context }: PaperSettings): number {
  return Math.ceil(tokens / (batchSize * context));
}

/** Tokens that a run really sees: whole steps. */
export function trainedTokens(settings: PaperSettings): number {
  return stepsOf(settings) * settings.batchSize * settings.context;
}

/** The scale in one sentence, for tables and captions. */
export function describeSettings(settings: PaperSettings): string {
  const { model, vocabSize, context, batchSize, seeds, learningRate } = settings;
  const { dim, nLayers } = findModel(model);
  return [
    `model \`${model}\` (${nLayers} blocks of width ${dim}, vocabulary ${vocabSize})`,
    `${trainedTokens(settings).toLocaleString('en')} tokens a run in steps of ${batchSize} x ${context}`,
    `highest learning rate ${learningRate}`,
    `seeds ${seeds.join(', ')}`,
  ].join(', ');
}
