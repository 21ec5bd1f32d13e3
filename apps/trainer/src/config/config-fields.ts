import { checkpointings } from '@nibble-ml/llama';
import { gradientFormats } from '@nibble-ml/recipes';
import { z } from 'zod';
import { backendChoices } from './train-config.ts';
import type { TrainConfig } from './train-config.ts';

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
/** A setting that may be absent; a description is not inherited. */
const nullable = (schema: z.ZodType): z.ZodType => schema.nullable().describe(schema.description!);
const share = (): z.ZodNumber => number(z.number().min(0).max(1), 'from 0 to 1');

const stepOrShare = (): z.ZodType<number> =>
  z
    .number()
    .positive()
    .refine((value) => value < 1 || Number.isInteger(value))
    .describe('a step, as a whole number from 1, or a share of the steps above 0 and below 1');

/** The names that a config may choose from. */
export interface KnownNames {
  /** The model zoo; left out, any name passes. */
  models?: readonly string[];
  /** The precision recipes; left out, any name passes. */
  recipes?: readonly string[];
  /** The presets; left out, any name passes. */
  presets?: readonly string[];
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
  const recipe = known.recipes ? oneOf(known.recipes, known.isChangedRecipe) : text('the name of a recipe');
  return {
    preset: nullable(known.presets ? oneOf(known.presets) : text('the name of a preset')),
    init: nullable(text('the folder of a run')),
    model: known.models ? oneOf(known.models) : text('the name of a model'),
    recipe,
    gradients: nullable(oneOf(gradientFormats)),
    lateRecipe: nullable(recipe),
    lateRecipeAt: stepOrShare(),
    data: nullable(text('the path of a text, JSONL or Parquet file, of a folder, or hf:owner/name')),
    textField: text('the name of a field or column'),
    tokenizer: nullable(text('the path of a tokenizer.json')),
    vocabSize: whole(256, 65_536),
    context: whole(2, 131_072),
    batchSize: whole(1, 65_536),
    gradientAccumulation: whole(1, 65_536),
    checkpointing: oneOf(checkpointings),
    steps: whole(1, 1_000_000_000),
    overfitBatch: z.boolean().describe('true or false'),
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
    layerStatistics: z.boolean().describe('true or false'),
    patience: whole(0, 1_000_000),
    checkpointEvery: whole(0, 1_000_000_000),
    keepCheckpoints: whole(1, 1_000_000),
    validationFraction: number(z.number().gt(0).lt(1), 'above 0 and below 1'),
    sampleEvery: whole(0, 1_000_000_000),
    sampleTokens: whole(0, 1_000_000),
    temperature: number(z.number().min(0).max(100), 'from 0 (the likeliest token) to 100'),
    sampleTopK: whole(0, 1_000_000),
    sampleTopP: number(z.number().gt(0).max(1), 'above 0 and at most 1'),
    sampleMinP: number(z.number().min(0).lt(1), 'from 0 to below 1'),
    out: nullable(text('the path of a new folder')),
  };
}
