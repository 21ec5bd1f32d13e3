import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { counterBits } from '@nibble-ml/fp4-format';
import type { LayerPrecision } from './layer-precision.ts';
import { layerAt, needsBlockCount } from './layer-at.ts';
import { clipName, createClipFactors } from './linear/clip-factors.ts';
import type { LinearModel } from './linear/clip-factors.ts';
import { forwardOperands } from './linear/forward-operands.ts';
import type { ForwardOperands } from './linear/forward-operands.ts';
import { GemmLog } from './linear/gemm-log.ts';
import type { GemmRecord } from './linear/gemm-log.ts';
import type { LinearOp, LinearSite } from './linear/linear-op.ts';
import { createQuantizedLinear } from './linear/quantized-linear.ts';
import type { ClippedLinear, LinearState } from './linear/quantized-linear.ts';
import { RandomStream } from './linear/random-stream.ts';
import { WeightCache } from './linear/weight-cache.ts';
import { parseRecipe } from './parse-recipe.ts';
import type { Recipe } from './recipe.ts';

/** The linear layers of a model under a recipe. */
export interface Linears {
  /** As {@link parseRecipe} gave it back. */
  readonly recipe: Recipe;
  /** What a model calls for each of its linear layers. */
  readonly linear: LinearOp;
  /**
   * Learned clip factors, to be trained with the model's parameters; none for most recipes. `blocks.B.ROLE.clip` is float32
   * `[ceil(K / block)]`, or `[1]` with one scale per token, and begins at 0.95 (PrefixQuant).
   */
  readonly parameters: ReadonlyMap<string, Variable>;
  /**
   * To be called after each optimizer step: quantized weights are reused until then, and each step draws random numbers
   * of its own. `stepsDone` (default: one more than before) makes a resumed run draw those of the uninterrupted one, and
   * decides on which side of a late switch it is.
   */
  weightsChanged(stepsDone?: number): void;
  /**
   * What the forward product of a layer takes for these operands, to be looked at; call it inside `tidy`. Neither draws
   * random numbers nor changes what is cached.
   */
  operands(xMK: Tensor2D, wNK: Tensor2D, site: LinearSite): ForwardOperands;
  /** Which product ran in which precision on which kernel, so far. */
  gemms(): GemmRecord[];
  /** Frees the quantized weights and the learned clip factors. */
  dispose(): void;
}

/** Options of {@link createLinears}. */
export interface LinearsOptions {
  /** Seed of stochastic rounding and random signs, an integer. Default 0. */
  readonly seed?: number;
  /** Optimizer steps of the run; needed by recipes with a late switch. */
  readonly steps?: number;
  /** The model's shape; needed by recipes that learn clip factors or count blocks from the end. */
  readonly model?: LinearModel;
}

/**
 * Turns a recipe into the `LinearOp` a model calls. Layers whose role the recipe does not list run in f32.
 *
 * @throws RangeError when the recipe is malformed or combines what no kernel can do, or needs an option that is missing
 */
export function createLinears(recipe: Recipe, { seed = 0, steps, model }: LinearsOptions = {}): Linears {
  const checked = parseRecipe(recipe);
  const { overrides, switchAt } = checked;
  if (switchAt !== null && steps === undefined) {
    throw new RangeError(
      `createLinears: ${checked.name} switches after a share of the steps, so their number must be given as "steps"`,
    );
  }
  if (needsBlockCount(checked) && model === undefined) {
    throw new RangeError(
      `createLinears: ${checked.name} counts blocks from the end, so the shape of the model must be given as "model"`,
    );
  }
  const switchStep = switchAt === null ? Infinity : Math.ceil(switchAt.fraction * steps!);
  const log = new GemmLog(overrides.some(({ blocks }) => blocks !== null));
  const stream = new RandomStream(seed);
  const state: LinearState = {
    cache: new WeightCache(),
    log,
    // Random numbers of steps count from 0: this one is none of them.
    random: { stream, fixedSigns: counterBits(seed, -1) },
  };
  const parameters = createClipFactors(checked, model);
  const linears = new Map<LayerPrecision, ClippedLinear>();
  const linearOf = (layer: LayerPrecision): ClippedLinear => {
    let found = linears.get(layer);
    if (found === undefined) {
      found = createQuantizedLinear(layer, state);
      linears.set(layer, found);
    }
    return found;
  };
  let stepsDone = 0;
  const precisionAt = (site: LinearSite): { layer: LayerPrecision; clip: Variable | undefined } => {
    const layer = layerAt(checked, site, { blocks: model?.blocks, isLate: stepsDone >= switchStep });
    return { layer, clip: clipOf(layer) ? parameters.get(clipName(site)) : undefined };
  };
  const linear: LinearOp = (xMK, wNK, site) => {
    const { layer, clip } = precisionAt(site);
    return linearOf(layer)(xMK, wNK, site, clip);
  };
  return {
    recipe: checked,
    linear: Object.assign(linear, {
      parametersOf: (block: number) =>
        [...parameters].flatMap(([name, value]) => (name.startsWith(`blocks.${block}.`) ? [value] : [])),
    }),
    parameters,
    operands: (xMK, wNK, site) => {
      const { layer, clip } = precisionAt(site);
      return forwardOperands(xMK, wNK, layer, clip as unknown as Tensor1D | undefined);
    },
    weightsChanged: (done = stepsDone + 1) => {
      stepsDone = done;
      state.cache.clear();
      stream.startStep(done);
    },
    gemms: () => log.list(),
    dispose: () => {
      state.cache.clear();
      for (const factors of parameters.values()) factors.dispose();
    },
  };
}

/** Whether a layer's activations are clipped by learned factors. */
function clipOf({ activations }: LayerPrecision): boolean {
  return 'clip' in activations && activations.clip !== null;
}
