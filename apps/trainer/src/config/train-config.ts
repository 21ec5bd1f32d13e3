import type { Checkpointing } from '@nibble-ml/llama';
import type { GradientFormat } from '@nibble-ml/recipes';

/** Where the tensors live: `auto` is a hardware WebGPU adapter, else wasm. */
export type BackendChoice = 'auto' | 'webgpu' | 'wasm' | 'cpu';

/** Everything that decides a training run, resolved. */
export interface TrainConfig {
  /** Name of the preset that settings were taken from where nothing else gave them; `null` is none. */
  preset: string | null;
  /** Folder of a run whose weights, tokenizer and model shape this one starts from; `null` starts at random. */
  init: string | null;
  /** Name of the model in the zoo. */
  model: string;
  /** Name of the precision recipe. */
  recipe: string;
  /** Format that output gradients are rounded to; `null` is the recipe's own. */
  gradients: GradientFormat | null;
  /** Recipe that takes over at `lateRecipeAt`; `null` is none. */
  lateRecipe: string | null;
  /** When `lateRecipe` takes over: after so many steps or, below 1, after this share of them. */
  lateRecipeAt: number;
  /**
   * A text, JSONL or Parquet file, a folder of them, a dataset's folder, or `hf:owner/name`; paths are relative to the
   * working directory. `null` is the built-in text.
   */
  data: string | null;
  /** Field or column that holds the text of JSONL and Parquet files. */
  textField: string;
  /** Path of a `tokenizer.json` to use; `null` trains a vocabulary. */
  tokenizer: string | null;
  /** Tokens in the vocabulary that is trained on the data. */
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
  /** Trains on the first batch again and again: a test of model and settings, whose loss must fall. */
  overfitBatch: boolean;
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
  /** Measures every layer's quantization error, outliers and weights at each validation. */
  layerStatistics: boolean;
  /** Validations in a row without a new lowest loss after which training stops; 0 never stops early. */
  patience: number;
  /** Steps between checkpoints; 0 is only at the end. */
  checkpointEvery: number;
  /** Newest checkpoints to keep. With `patience` the best one is kept beside them. */
  keepCheckpoints: number;
  /** Share of the text, at its end, to validate on. */
  validationFraction: number;
  /** Steps between samples; 0 is only at the end. */
  sampleEvery: number;
  /** Tokens of a sample; 0 samples none. */
  sampleTokens: number;
  /** Temperature of the sample; 0 takes the likeliest token. */
  temperature: number;
  /** Draws from that many of the likeliest tokens; 0 from all. */
  sampleTopK: number;
  /** Draws from the likeliest tokens that reach this probability together; 1 from all. */
  sampleTopP: number;
  /** Draws from tokens of at least this share of the likeliest one's probability; 0 from all. */
  sampleMinP: number;
  /** Folder of the run; `null` is a new one under `runs/`. */
  out: string | null;
}

/** The names that `backend` may have. */
export const backendChoices: readonly BackendChoice[] = ['auto', 'webgpu', 'wasm', 'cpu'];

/** The values of the default run: the main job of the README. */
export const defaultConfig: Readonly<TrainConfig> = {
  preset: null,
  init: null,
  model: 'tiny',
  recipe: 'fp4-paper',
  gradients: null,
  lateRecipe: null,
  lateRecipeAt: 0.9,
  data: null,
  textField: 'text',
  tokenizer: null,
  vocabSize: 1024,
  context: 128,
  batchSize: 8,
  gradientAccumulation: 1,
  checkpointing: 'none',
  steps: 300,
  overfitBatch: false,
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
  layerStatistics: true,
  patience: 0,
  checkpointEvery: 100,
  keepCheckpoints: 3,
  validationFraction: 0.1,
  sampleEvery: 0,
  sampleTokens: 200,
  temperature: 0.8,
  sampleTopK: 0,
  sampleTopP: 1,
  sampleMinP: 0,
  out: null,
};
