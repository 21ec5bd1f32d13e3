import { checkpointings } from '@nibble-ml/llama';
import type { Checkpointing } from '@nibble-ml/llama';
import { gradientFormats } from '@nibble-ml/recipes';
import type { GradientFormat } from '@nibble-ml/recipes';
import { z } from 'zod';

/** Where the tensors live: `auto` is a hardware WebGPU adapter, else wasm. */
export type BackendChoice = 'auto' | 'webgpu' | 'wasm' | 'cpu';

/** Everything that decides a training run, resolved. */
export interface TrainConfig {
  /** Name of the model in the zoo. */
  model: string;
  /** Name of the precision recipe. */
  recipe: string;
  /** Format that output gradients are rounded to; `null` is the recipe's own. */
  gradients: GradientFormat | null;
  /** Path of a UTF-8 text, relative to the working directory; `null` is the built-in text. */
  data: string | null;
  /** Tokens in the vocabulary that is trained on the text. */
  vocabSize: number;
  /** Tokens that the model sees at once. */
  context: number;
  /** Windows in one micro-batch. */
  batchSize: number;
  /** Micro-batches summed for one optimizer step. */
  gradientAccumulation: number;
  /** What of a block is kept for the backward pass: with `block` its input only, and the block is run again. */
  checkpointing: Checkpointing;
  /** Optimizer steps. */
  steps: number;
  /** Seed of the weights, the data order and stochastic rounding. */
  seed: number;
  /** Backend to compute on. */
  backend: BackendChoice;
  /** Highest learning rate, reached at the end of the warm-up. */
  learningRate: number;
  /** How the learning rate falls: `cosine` all the way, or `wsd`, held and then in a straight line at the end. */
  schedule: 'cosine' | 'wsd';
  /** Share of the steps at the end over which `wsd` falls. */
  decayFraction: number;
  /** Learning rate at the last step, as a share of the highest. */
  minLearningRateFraction: number;
  /** Share of the steps over which the learning rate rises linearly. */
  warmupFraction: number;
  /** Decoupled weight decay of AdamW, per step times the learning rate. */
  weightDecay: number;
  /** Decay of the first moment. */
  beta1: number;
  /** Decay of the second moment. */
  beta2: number;
  /** Added to the root of the second moment. */
  epsilon: number;
  /** Global gradient norm above which gradients are scaled down; 0 never clips. */
  clipNorm: number;
  /** How AdamW keeps its moments: `f32`, or `mixed`, in FP8 and FP16. */
  moments: 'f32' | 'mixed';
  /** How gradients are kept between micro-batches: `f32`, or FP8 as `e4m3` or `e5m2`. */
  gradientSums: 'f32' | 'e4m3' | 'e5m2';
  /**
   * Leaves out updates whose loss or gradient norm lies so many standard deviations above the mean of the last 128
   * steps; 0 never does.
   */
  skipSpikes: number;
  /** Steps between validations; 0 is only at the end. */
  evalEvery: number;
  /** Steps between checkpoints; 0 is only at the end. */
  checkpointEvery: number;
  /** Share of the text, at its end, to validate on. */
  validationFraction: number;
  /** Tokens to sample after training; 0 samples none. */
  sampleTokens: number;
  /** Temperature of the sample; 0 takes the likeliest token. */
  temperature: number;
  /** Folder of the run; `null` is a new one under `runs/`. */
  out: string | null;
}

const number = (schema: z.ZodNumber, range: string): z.ZodNumber => schema.describe(`a number ${range}`);
const whole = (min: number, max: number): z.ZodNumber =>
  z
    .int()
    .min(min)
    .max(max)
    .describe(`a whole number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}`);
const oneOf = (
  names: readonly string[],
  isAnother: (name: string) => boolean = () => false,
): z.ZodType<string> =>
  z
    .string()
    .refine((name) => names.includes(name) || isAnother(name))
    .describe(`one of ${names.join(', ')}`);
const text = (what: string): z.ZodString => z.string().min(1).describe(what);
const share = (): z.ZodNumber => number(z.number().min(0).max(1), 'from 0 to 1');

/** The names that `backend` may have. */
export const backendChoices: readonly BackendChoice[] = ['auto', 'webgpu', 'wasm', 'cpu'];

/** The values of the default run: the main job of the README. */
export const defaultConfig: Readonly<TrainConfig> = {
  model: 'tiny',
  recipe: 'fp4-paper',
  gradients: null,
  data: null,
  vocabSize: 1024,
  context: 128,
  batchSize: 8,
  gradientAccumulation: 1,
  checkpointing: 'none',
  steps: 300,
  seed: 1,
  backend: 'auto',
  // Of 1e-3, 2e-3 and 4e-3 the best for `tiny` with fp4-paper after 300 steps (validation loss 4.55, 4.36, 4.63).
  learningRate: 2e-3,
  schedule: 'cosine',
  decayFraction: 0.2,
  minLearningRateFraction: 0.1,
  warmupFraction: 0.05,
  weightDecay: 0.1,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  clipNorm: 1,
  moments: 'f32',
  gradientSums: 'f32',
  skipSpikes: 0,
  evalEvery: 50,
  checkpointEvery: 100,
  validationFraction: 0.1,
  sampleTokens: 200,
  temperature: 0.8,
  out: null,
};

/** The names that a config may choose from. */
export interface KnownNames {
  /** The model zoo; left out, any name passes. */
  models?: readonly string[];
  /** The precision recipes; left out, any name passes. */
  recipes?: readonly string[];
  /** Whether a name that is not in `recipes` means a changed one, such as `fp4-paper-k3`. */
  isChangedRecipe?: (name: string) => boolean;
}

/** One setting: what it must be, in words and as a check. */
export type ConfigFields = { readonly [Key in keyof TrainConfig]: z.ZodType };

/**
 * Returns the schema of each setting; its description says what a value must be, as in `must be …`.
 *
 * @param known - The models and recipes to choose from.
 */
export function configFields(known: KnownNames = {}): ConfigFields {
  return {
    model: known.models ? oneOf(known.models) : text('the name of a model'),
    recipe: known.recipes ? oneOf(known.recipes, known.isChangedRecipe) : text('the name of a recipe'),
    gradients: oneOf(gradientFormats)
      .nullable()
      .describe(`one of ${gradientFormats.join(', ')}`),
    data: z.string().min(1).nullable().describe('the path of a text file'),
    vocabSize: whole(257, 65_536),
    context: whole(2, 131_072),
    batchSize: whole(1, 65_536),
    gradientAccumulation: whole(1, 65_536),
    checkpointing: oneOf(checkpointings),
    steps: whole(1, 1_000_000_000),
    seed: whole(0, 2 ** 32 - 1),
    backend: oneOf(backendChoices),
    learningRate: number(z.number().gt(0).max(10), 'above 0 and at most 10'),
    schedule: oneOf(['cosine', 'wsd']),
    decayFraction: share(),
    minLearningRateFraction: share(),
    warmupFraction: share(),
    weightDecay: number(z.number().min(0).max(10), 'from 0 to 10'),
    beta1: number(z.number().min(0).lt(1), 'from 0 to below 1'),
    beta2: number(z.number().min(0).lt(1), 'from 0 to below 1'),
    epsilon: number(z.number().gt(0).max(1), 'above 0 and at most 1'),
    clipNorm: number(z.number().min(0).max(1e6), 'from 0 (no clipping) to 1,000,000'),
    moments: oneOf(['f32', 'mixed']),
    gradientSums: oneOf(['f32', 'e4m3', 'e5m2']),
    skipSpikes: number(z.number().min(0).max(1e6), 'from 0 (never) to 1,000,000'),
    evalEvery: whole(0, 1_000_000_000),
    checkpointEvery: whole(0, 1_000_000_000),
    validationFraction: number(z.number().gt(0).lt(1), 'above 0 and below 1'),
    sampleTokens: whole(0, 1_000_000),
    temperature: number(z.number().min(0).max(100), 'from 0 (the likeliest token) to 100'),
    out: z.string().min(1).nullable().describe('the path of a new folder'),
  };
}
