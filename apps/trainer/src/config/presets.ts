import type { TrainConfig } from './train-config.ts';

/** Settings for a purpose, by name. Flags and the config file win over them, and they over the defaults. */
export interface Preset {
  readonly name: string;
  /** What it is for, in a sentence. */
  readonly description: string;
  readonly values: Readonly<Partial<Omit<TrainConfig, 'preset'>>>;
}

/** The presets of `nibble train --preset`. */
export const presets: readonly Preset[] = [
  {
    name: 'quick',
    description: 'a model that fits a cache, in seconds: to see that everything works',
    values: {
      model: 'nano',
      vocabSize: 512,
      context: 64,
      steps: 100,
      learningRate: 4e-3,
      evalEvery: 25,
      checkpointEvery: 50,
      sampleTokens: 100,
    },
  },
  {
    name: 'default',
    description: 'what runs without a preset: a million parameters, a minute or two on two cores',
    values: {},
  },
  {
    name: 'paper-400m',
    description:
      'the 400M model of arXiv 2501.17116 with its optimizer and schedule, 0.26 million tokens a step, 3 billion in all; for a GPU',
    values: {
      model: 'fp4-400m',
      recipe: 'fp4-paper',
      vocabSize: 32_000,
      context: 2048,
      // The paper does not print its batch: 128 sequences a step.
      batchSize: 8,
      gradientAccumulation: 16,
      moments: 'mixed',
      gradientSums: 'e4m3',
      steps: 11_445,
      learningRate: 3e-4,
      warmupFraction: 0.05,
      minLearningRateFraction: 0.1,
      weightDecay: 0.1,
      evalEvery: 250,
      checkpointEvery: 250,
      sampleEvery: 1000,
    },
  },
  {
    name: 'finetune',
    description:
      'for --init: a low learning rate, a short warm-up, and a stop when validation gets no better',
    values: {
      learningRate: 1e-4,
      warmupFraction: 0.03,
      weightDecay: 0.01,
      steps: 500,
      evalEvery: 25,
      patience: 4,
      checkpointEvery: 100,
      keepCheckpoints: 2,
    },
  },
  {
    name: 'overfit',
    description:
      'one batch again and again, at a constant learning rate: the loss must fall to nearly nothing',
    values: {
      overfitBatch: true,
      steps: 100,
      schedule: 'wsd',
      decayFraction: 0,
      weightDecay: 0,
      evalEvery: 0,
      checkpointEvery: 0,
      sampleTokens: 0,
    },
  },
];
