import type { LlamaConfig } from '@nibble-ml/llama';
import type { TrainConfig } from '../../../src/config/train-config.ts';
import type { LabBackend } from './run-summary.ts';

/** What a browser can do. */
export interface Capabilities {
  /** Whether the page came over https or from localhost. Elsewhere browsers give it no GPU, no files and no locks. */
  readonly isSecure: boolean;
  readonly webgpu: WebGpuCapability;
  /** WebAssembly with SIMD, which wasm needs; and whether it has relaxed SIMD, which is faster. */
  readonly wasm: { readonly available: boolean; readonly relaxedSimd: boolean };
  /** What a run trains on where the visitor does not say; `null` where nothing can be trained. */
  readonly defaultBackend: LabBackend | null;
  /** Whether runs can be kept. */
  readonly hasStorage: boolean;
  readonly catalog: Catalog;
}

/** WebGPU here: usable, or why not. */
export type WebGpuCapability =
  | {
      readonly available: true;
      /** The GPU as its driver words it. */
      readonly adapter: string;
      /** Whether it runs on the CPU: then wasm is faster. */
      readonly software: boolean;
    }
  | {
      readonly available: false;
      /** Why, in a sentence. */
      readonly message: string;
    };

/** What there is to choose from. */
export interface Catalog {
  readonly models: readonly ModelChoice[];
  readonly recipes: readonly RecipeChoice[];
  readonly defaults: LabSettings;
}

/** A model of the zoo that may be trained in a page, smallest first. */
export interface ModelChoice {
  readonly name: string;
  readonly config: LlamaConfig;
  /** With the model's own vocabulary and context. */
  readonly parameters: number;
}

/** A precision recipe. */
export interface RecipeChoice {
  readonly name: string;
  readonly description: string;
  /** arXiv id and section. */
  readonly source: string;
  /** Exponent parameter k of its differentiable gradient estimator; `null` where it has none. */
  readonly dgeK: number | null;
}

/** The settings of a run that the page may choose; all others are the defaults of `nibble train`. */
export type LabSettings = Pick<
  TrainConfig,
  | 'model'
  | 'recipe'
  | 'vocabSize'
  | 'context'
  | 'batchSize'
  | 'steps'
  | 'learningRate'
  | 'seed'
  | 'evalEvery'
  | 'checkpointEvery'
  | 'sampleEvery'
  | 'sampleTokens'
>;
