import { checkBuffers } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import type { Recipe } from '@nibble-ml/recipes';
import { estimateStep } from './step-memory.ts';
import type { MemoryConfig, StepMemory, WorkingSet } from './step-memory.ts';

/** What a micro-batch has to fit into. */
export interface FitLimits {
  /** Bytes of the device. */
  readonly memoryBytes: number;
  /** Bytes of one tensor, `Infinity` where there is no limit. */
  readonly bufferBytes: number;
}

/** How one optimizer step is divided. */
export interface Fit {
  /** Windows in a micro-batch. */
  readonly batchSize: number;
  /** Micro-batches in a step. */
  readonly gradientAccumulation: number;
  /** Tokens of a step, which may be a few more than were asked for. */
  readonly tokensPerStep: number;
  /** The largest micro-batch that fits; `batchSize` may be smaller, to divide a step evenly. */
  readonly largestBatch: number;
  readonly memory: StepMemory;
}

/** A recipe of a run and what its ops take beside what formulas know. */
export interface ProbedRecipe {
  readonly recipe: Recipe;
  readonly working: WorkingSet;
}

/**
 * Finds the largest micro-batch whose estimate fits, and how many of them make a step of at least `tokensPerStep` tokens.
 * A batch that divides the step exactly is taken if one of at least half the largest does, else the windows are spread
 * evenly.
 *
 * @param recipes - those that are in force at some time: all must fit
 * @returns undefined when not even one window fits
 */
export function fitBatch(
  modelConfig: LlamaConfig,
  recipes: readonly ProbedRecipe[],
  config: MemoryConfig,
  tokensPerStep: number,
  limits: FitLimits,
): Fit | undefined {
  const windows = Math.max(1, Math.ceil(tokensPerStep / config.context));
  const memoryOf = (batch: number): StepMemory => stepMemory(modelConfig, recipes, config, windows, batch);
  const fits = (batch: number): boolean =>
    memoryOf(batch).total <= limits.memoryBytes &&
    buffersFit(modelConfig, batch, config.context, limits.bufferBytes);
  if (!fits(1)) return undefined;
  const largestBatch = largest(windows, fits);
  const { batchSize, gradientAccumulation } = divide(windows, largestBatch);
  return {
    batchSize,
    gradientAccumulation,
    tokensPerStep: batchSize * gradientAccumulation * config.context,
    largestBatch,
    memory: memoryOf(batchSize),
  };
}

/** Bytes of a step of so many windows in micro-batches of `batch`, under the recipe that takes most. */
export function stepMemory(
  modelConfig: LlamaConfig,
  recipes: readonly ProbedRecipe[],
  config: MemoryConfig,
  windows: number,
  batch: number,
): StepMemory {
  const own = { ...config, gradientAccumulation: Math.ceil(windows / batch) };
  return recipes
    .map(({ recipe, working }) => estimateStep(modelConfig, recipe, own, batch, working))
    .reduce((worst, each) => (each.total > worst.total ? each : worst));
}

function buffersFit(config: LlamaConfig, batch: number, context: number, limit: number): boolean {
  try {
    checkBuffers(config, { batch, context }, limit);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The greatest whole number from 1 to `most` for which `fits` holds; it holds for 1, and for all below one it holds for. */
function largest(most: number, fits: (batch: number) => boolean): number {
  let [low, high] = [1, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function divide(windows: number, most: number): { batchSize: number; gradientAccumulation: number } {
  for (let batchSize = most; 2 * batchSize >= most; batchSize--) {
    if (windows % batchSize === 0) return { batchSize, gradientAccumulation: windows / batchSize };
  }
  const gradientAccumulation = Math.ceil(windows / most);
  return { batchSize: Math.ceil(windows / gradientAccumulation), gradientAccumulation };
}
