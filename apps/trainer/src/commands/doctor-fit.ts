import { countParameters, deviceBufferLimit, modelZoo } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import { recipes } from '@nibble-ml/recipes';
import type { Recipe } from '@nibble-ml/recipes';
import pc from 'picocolors';
import { chooseBackend } from '../backend/choose-backend.ts';
import type { ChosenBackend } from '../backend/choose-backend.ts';
import { loadConfig } from '../config/load-config.ts';
import { presets } from '../config/presets.ts';
import { resolveConfig } from '../config/resolve-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { formatBytes, parseBytes } from '../memory/byte-size.ts';
import { memoryOfDevice } from '../memory/device-memory.ts';
import type { DeviceMemory } from '../memory/device-memory.ts';
import type { Fit } from '../memory/fit-batch.ts';
import { fitRun, RESERVE } from '../memory/fit-run.ts';
import type { FitChanges, RunFit } from '../memory/fit-run.ts';
import { measureStep } from '../memory/measure-step.ts';
import { settingsOfInit, shapeOfInit } from '../training/init-run.ts';
import { modelConfigOf, recipeOf } from '../training/prepare.ts';
import { lateRecipeOf } from '../training/recipe-phases.ts';
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

interface Found extends RunFit {
  readonly backend: ChosenBackend;
  readonly memory: DeviceMemory;
  readonly modelConfig: LlamaConfig;
  readonly config: TrainConfig;
  readonly tokensPerStep: number;
  /** What a real step of the fitted size took, in bytes; only if it was asked for. */
  readonly measuredBytes?: number;
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
  const all: Found = {
    ...found,
    backend,
    memory,
    modelConfig,
    config,
    tokensPerStep,
    ...(measuredBytes === undefined ? {} : { measuredBytes }),
  };
  console.log(json === true ? JSON.stringify(asJson(all), null, 2) : forPeople(all));
  return found.fit !== undefined;
}

function reserveOf({ name }: ChosenBackend): number {
  return name === 'webgpu' ? RESERVE.webgpu : RESERVE.wasm;
}

/** The settings that a fit comes to. */
function linesOf({ batchSize, gradientAccumulation }: Fit, changes: FitChanges = {}): Partial<TrainConfig> {
  return { batchSize, gradientAccumulation, ...changes };
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
}: Found): object {
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

function forPeople(found: Found): string {
  const { backend, memory, modelConfig, config, fit, leastBytes, alternatives, tokensPerStep } = found;
  const late = lateRecipeOf(config);
  const head = [
    `${pc.bold('backend')}  ${backend.name} on ${backend.adapter}`,
    `${pc.bold('memory')}   ${formatBytes(memory.bytes)}, ${memory.reason}`,
    `${pc.bold('model')}    ${modelConfig.name}, ${countParameters(modelConfig).total.toLocaleString('en')} parameters, windows of ${config.context.toLocaleString('en')} tokens`,
    `${pc.bold('recipe')}   ${recipeOf(config).name}${late === undefined ? '' : `, then ${late.name}`}`,
  ];
  const others = alternatives.map(
    ({ changes, fit: other }) =>
      `  ${other.largestBatch} windows with ${tomlOf(linesOf(other, changes)).join(', ')} (${formatBytes(other.memory.total)})`,
  );
  if (fit === undefined) {
    const wayOut =
      others.length === 0
        ? 'Give it more memory, a smaller model or a shorter --context.'
        : ['What would fit:', ...others].join('\n');
    return [
      ...head,
      '',
      pc.red(`Not even one window fits: it takes ${formatBytes(leastBytes)}.`),
      wayOut,
    ].join('\n');
  }
  const more = fit.tokensPerStep - tokensPerStep;
  return [
    ...head,
    '',
    ...partsOf(fit, found),
    '',
    `A micro-batch of ${fit.batchSize} windows${fit.largestBatch > fit.batchSize ? ` (up to ${fit.largestBatch} fit)` : ''}, ${fit.gradientAccumulation} to a step: ${fit.tokensPerStep.toLocaleString('en')} tokens${more > 0 ? `, ${more.toLocaleString('en')} more than asked for` : ''}. For the config:`,
    '',
    ...tomlOf(linesOf(fit)),
    ...(others.length === 0 ? [] : ['', 'Larger micro-batches would fit:', ...others]),
  ].join('\n');
}

function partsOf({ memory: parts }: Fit, { backend, memory, measuredBytes }: Found): string[] {
  const rows: [string, number][] = [
    ['weights', parts.weights],
    ['derived from weights', parts.quantizedWeights],
    ['moments', parts.moments],
    ['sums of gradients', parts.gradientSums],
    ['gradients', parts.gradients],
    ['activations', parts.activations],
    ['ops of a block', parts.working],
    ['ops of the head', parts.head],
  ];
  const reserve = Math.round(100 * reserveOf(backend));
  const error = measuredBytes === undefined ? 0 : 100 * (parts.total / measuredBytes - 1);
  return [
    ...rows.map(([name, bytes]) => `${name.padEnd(22)}${formatBytes(bytes).padStart(9)}`),
    `${pc.bold('at the worst moment'.padEnd(22))}${formatBytes(parts.total).padStart(9)}  of ${formatBytes(memory.bytes)}, ${reserve} % of it kept in reserve`,
    ...(measuredBytes === undefined
      ? []
      : [
          `${'measured'.padEnd(22)}${formatBytes(measuredBytes).padStart(9)}  in a real step: the estimate is ${Math.abs(error).toFixed(1)} % ${error < 0 ? 'below' : 'above'}`,
        ]),
  ];
}

function tomlOf(settings: Partial<TrainConfig>): string[] {
  return Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
}
