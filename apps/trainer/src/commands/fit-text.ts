import { countParameters } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import pc from 'picocolors';
import type { ChosenBackend } from '../backend/choose-backend.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { formatBytes } from '../memory/byte-size.ts';
import type { DeviceMemory } from '../memory/device-memory.ts';
import type { Fit } from '../memory/fit-batch.ts';
import { RESERVE } from '../memory/fit-run.ts';
import type { FitChanges, RunFit } from '../memory/fit-run.ts';
import { recipeOf } from '../training/recipe-of.ts';
import { lateRecipeOf } from '../training/recipe-phases.ts';

/** What `nibble doctor --fit` has found, and for what. */
export interface FoundFit extends RunFit {
  readonly backend: ChosenBackend;
  readonly memory: DeviceMemory;
  readonly modelConfig: LlamaConfig;
  readonly config: TrainConfig;
  readonly tokensPerStep: number;
  /** What a real step of the fitted size took, in bytes; only if it was asked for. */
  readonly measuredBytes?: number;
}

/** The share of the memory that is kept in reserve on a backend. */
export function reserveOf({ name }: ChosenBackend): number {
  return name === 'webgpu' ? RESERVE.webgpu : RESERVE.wasm;
}

/** The settings that a fit comes to. */
export function linesOf(
  { batchSize, gradientAccumulation }: Fit,
  changes: FitChanges = {},
): Partial<TrainConfig> {
  return { batchSize, gradientAccumulation, ...changes };
}

/** What was found, in words and as lines of a config. */
export function describeFit(found: FoundFit): string {
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

function partsOf({ memory: parts }: Fit, { backend, memory, measuredBytes }: FoundFit): string[] {
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
