import { Option } from 'commander';
import type { Command } from 'commander';
import { gradientFormats } from '@nibble-ml/recipes';
import { defaultConfig } from '../config/train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { flagOf } from '../config/written-setting.ts';

/** A setting on the command line. */
interface SettingFlag {
  readonly key: keyof TrainConfig;
  /** What follows the flag, as in `<count>`; absent for one that is on or off. */
  readonly argument?: string;
  readonly help: string;
}

interface FlagGroup {
  readonly heading: string;
  readonly flags: readonly SettingFlag[];
}

const groups: readonly FlagGroup[] = [
  {
    heading: 'Data:',
    flags: [
      {
        key: 'data',
        argument: 'path',
        help: 'a text, JSONL or Parquet file, a folder of them, a folder of "nibble tokenize", or hf:owner/name; without it, Moby-Dick',
      },
      { key: 'textField', argument: 'name', help: 'field or column of the text in JSONL and Parquet' },
      { key: 'tokenizer', argument: 'file', help: 'a tokenizer.json; without it, a vocabulary is trained' },
      { key: 'vocabSize', argument: 'count', help: 'tokens in the vocabulary that is trained on the data' },
      { key: 'context', argument: 'tokens', help: 'tokens that the model sees at once' },
      {
        key: 'validationFraction',
        argument: 'share',
        help: 'share of the text, or of the documents, to validate on',
      },
      { key: 'seed', argument: 'number', help: 'seed of weights, data order and stochastic rounding' },
    ],
  },
  {
    heading: 'Model and precision:',
    flags: [
      { key: 'model', argument: 'name', help: 'a model of "nibble models"' },
      { key: 'init', argument: 'run', help: 'start from the weights, tokenizer and model of a run' },
      {
        key: 'recipe',
        argument: 'name',
        help: 'a recipe of "nibble recipes", or one changed, such as fp4-paper-k3',
      },
      {
        key: 'gradients',
        argument: 'format',
        help: `${gradientFormats.join(', ')}: what output gradients are rounded to; without it, as the recipe says`,
      },
      { key: 'lateRecipe', argument: 'name', help: 'a recipe that takes over at --late-recipe-at' },
      {
        key: 'lateRecipeAt',
        argument: 'when',
        help: 'after so many steps or, below 1, after this share of them',
      },
      { key: 'backend', argument: 'name', help: 'auto, webgpu, wasm or cpu' },
    ],
  },
  {
    heading: 'Batch and memory ("nibble doctor --fit" computes these):',
    flags: [
      { key: 'batchSize', argument: 'count', help: 'windows in a micro-batch' },
      { key: 'gradientAccumulation', argument: 'count', help: 'micro-batches in a step' },
      {
        key: 'checkpointing',
        argument: 'what',
        help: 'none, or block: run blocks again in the backward pass, which saves memory',
      },
      { key: 'moments', argument: 'format', help: 'f32, or mixed: FP8 and FP16, 3 bytes instead of 8' },
      { key: 'gradientSums', argument: 'format', help: 'f32, e4m3 or e5m2: gradients between micro-batches' },
    ],
  },
  {
    heading: 'Optimizer:',
    flags: [
      { key: 'steps', argument: 'count', help: 'optimizer steps' },
      { key: 'learningRate', argument: 'number', help: 'highest learning rate' },
      {
        key: 'schedule',
        argument: 'name',
        help: 'cosine, or wsd: hold the learning rate, then decay in a straight line',
      },
      { key: 'warmupFraction', argument: 'share', help: 'share of the steps over which it rises' },
      { key: 'decayFraction', argument: 'share', help: 'share of the steps over which wsd decays' },
      {
        key: 'minLearningRateFraction',
        argument: 'share',
        help: 'learning rate at the last step, as a share of the highest',
      },
      { key: 'weightDecay', argument: 'number', help: 'decoupled weight decay' },
      { key: 'beta1', argument: 'number', help: 'decay of the first moment' },
      { key: 'beta2', argument: 'number', help: 'decay of the second moment' },
      { key: 'epsilon', argument: 'number', help: 'added to the root of the second moment' },
      { key: 'clipNorm', argument: 'number', help: 'global gradient norm to clip at; 0 never clips' },
      {
        key: 'skipSpikes',
        argument: 'deviations',
        help: 'leave out updates whose loss or gradient norm stands out so far; 0 never',
      },
      { key: 'overfitBatch', help: 'train on the first batch again and again: its loss must fall' },
    ],
  },
  {
    heading: 'Validation, checkpoints and samples:',
    flags: [
      { key: 'evalEvery', argument: 'steps', help: 'steps between validations; 0: only at the end' },
      { key: 'layerStatistics', help: 'do not measure quantization error and weights at each validation' },
      {
        key: 'patience',
        argument: 'count',
        help: 'validations without a lower loss that end training, at the best checkpoint; 0 never',
      },
      { key: 'checkpointEvery', argument: 'steps', help: 'steps between checkpoints; 0: only at the end' },
      { key: 'keepCheckpoints', argument: 'count', help: 'newest checkpoints to keep' },
      { key: 'sampleEvery', argument: 'steps', help: 'steps between samples; 0: only at the end' },
      { key: 'sampleTokens', argument: 'count', help: 'tokens of a sample; 0 samples none' },
      { key: 'temperature', argument: 'number', help: '0 takes the likeliest token' },
      { key: 'sampleTopK', argument: 'count', help: 'draw from the k likeliest tokens; 0 from all' },
      {
        key: 'sampleTopP',
        argument: 'share',
        help: 'draw from the likeliest tokens of this probability together; 1 from all',
      },
      {
        key: 'sampleMinP',
        argument: 'share',
        help: "draw from tokens of this share of the likeliest one's probability; 0 from all",
      },
    ],
  },
  {
    heading: 'Run:',
    flags: [{ key: 'out', argument: 'folder', help: 'new or empty; without it, a new one under runs/' }],
  },
];

/** Options of {@link addSettingOptions}. */
export interface SettingOptions {
  /** Only these settings; default all. */
  readonly only?: ReadonlySet<keyof TrainConfig>;
  /** One heading for all of them; default one for each group. */
  readonly under?: string;
}

/** Adds a flag for every setting, under headings, with its default. */
export function addSettingOptions(command: Command, { only, under }: SettingOptions = {}): Command {
  for (const group of groups) {
    const heading = under ?? group.heading;
    for (const { key, argument, help } of group.flags) {
      if (only !== undefined && !only.has(key)) continue;
      const value = defaultConfig[key];
      const flag = argument === undefined ? flagOf(key) : `${flagOf(key)} <${argument}>`;
      const shown = value === null || typeof value === 'boolean' ? help : `${help} (default ${value})`;
      // What is on without a word can only be turned off; with a positive twin, commander leaves the default to the config.
      if (value === true) {
        command.addOption(new Option(flag).hideHelp());
        command.addOption(new Option(flag.replace('--', '--no-'), shown).helpGroup(heading));
      } else command.addOption(new Option(flag, shown).helpGroup(heading));
    }
  }
  return command;
}

/** The settings that have a flag by {@link addSettingOptions}. */
export const flaggedSettings: readonly (keyof TrainConfig)[] = groups.flatMap(({ flags }) =>
  flags.map(({ key }) => key),
);
