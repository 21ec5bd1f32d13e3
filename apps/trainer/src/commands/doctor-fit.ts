import { countParameters, deviceBufferLimit, modelZoo } from '@nibble-ml/llama';
import { recipes } from '@nibble-ml/recipes';
import type { Recipe } from '@nibble-ml/recipes';
import { chooseBackend } from '../backend/choose-backend.ts';
import { loadConfig } from '../config/load-config.ts';
import { presets } from '../config/presets.ts';
import { resolveConfig } from '../config/resolve-config.ts';
import { parseBytes } from '../memory/byte-size.ts';
import { memoryOfDevice } from '../memory/device-memory.ts';
import { fitRun } from '../memory/fit-run.ts';
import { measureStep } from '../memory/measure-step.ts';
import { settingsOfInit, shapeOfInit } from '../training/init-run.ts';
import { modelConfigOf } from '../training/model-config-of.ts';
import { recipeOf } from '../training/recipe-of.ts';
import { lateRecipeOf } from '../training/recipe-phases.ts';
import { describeFit, linesOf, reserveOf } from './fit-text.ts';
import type { FoundFit } from './fit-text.ts';
import { isChangedRecipe, numberIn } from './options.ts';

/** The flags of `nibble doctor --fit`. */
export interface DoctorFitFlags {
  readonly config?: string | undefined;
  readonly tokensPerStep?: string | undefined;
  readonly memory?: string | undefined;
  readonly measure?: boolean | undefined;
  readonly json?: boolean | undefined;
  /** Settings of a run. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * `nibble doctor --fit`: the largest micro-batch that fits, and the lines of a config.
 *
 * @returns whether anything fits
 */
export async function doctorFit(flags: DoctorFitFlags): Promise<boolean> {
  const { json, measure } = flags;
  const given = flags.memory === undefined ? undefined : parseBytes('--memory', flags.memory);
  const config = resolveConfig({
    file: flags.config === undefined ? undefined : loadConfig(flags.config),
    flags: flags.settings,
    models: Object.keys(modelZoo),
    recipes: recipes.map(({ name }) => name),
    presets,
    isChangedRecipe,
    inherit: settingsOfInit,
  });
  const { context, batchSize, gradientAccumulation } = config;
  const tokensPerStep =
    flags.tokensPerStep === undefined
      ? context * batchSize * gradientAccumulation
      : numberIn('--tokens-per-step', flags.tokensPerStep, [1, 2 ** 40], true);
  const modelConfig =
    config.init === null ? modelConfigOf(config, config.vocabSize) : shapeOfInit(config.init, context);
  if (config.backend === 'cpu') {
    throw new RangeError(
      '--backend must be auto, webgpu or wasm with --fit, but got "cpu": it is a reference, not to train on',
    );
  }
  const backend = await chooseBackend(config.backend);
  const memory = memoryOfDevice(backend, backend.software === true, given);
  const usable = memory.bytes / (1 + reserveOf(backend));
  const own: readonly Recipe[] = [recipeOf(config), lateRecipeOf(config)].filter(
    (each) => each !== undefined,
  );
  const found = await fitRun({
    config,
    modelConfig,
    recipes: own,
    tokensPerStep,
    limits: { memoryBytes: usable, bufferBytes: deviceBufferLimit() },
  });
  const measuredBytes =
    measure === true && found.fit !== undefined
      ? await measureStep({ ...config, ...linesOf(found.fit) }, modelConfig, own[0]!)
      : undefined;
  backend.checkErrors();
  const all: FoundFit = {
    ...found,
    backend,
    memory,
    modelConfig,
    config,
    tokensPerStep,
    ...(measuredBytes === undefined ? {} : { measuredBytes }),
  };
  console.log(json === true ? JSON.stringify(asJson(all), null, 2) : describeFit(all));
  return found.fit !== undefined;
}

function asJson({
  backend,
  memory,
  modelConfig,
  config,
  tokensPerStep,
  fit,
  leastBytes,
  alternatives,
  measuredBytes,
}: FoundFit): object {
  return {
    backend: backend.name,
    adapter: backend.adapter,
    memoryBytes: memory.bytes,
    reserve: reserveOf(backend),
    model: modelConfig.name,
    parameters: countParameters(modelConfig).total,
    recipe: recipeOf(config).name,
    context: config.context,
    tokensPerStep,
    fit: fit ?? null,
    leastBytes,
    config: fit === undefined ? null : linesOf(fit),
    alternatives: alternatives.map(({ changes, fit: other }) => ({
      config: linesOf(other, changes),
      fit: other,
    })),
    ...(measuredBytes === undefined ? {} : { measuredBytes }),
  };
}
