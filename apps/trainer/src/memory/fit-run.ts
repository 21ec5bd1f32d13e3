import type { LlamaConfig } from '@nibble-ml/llama';
import type { Recipe } from '@nibble-ml/recipes';
import type { TrainConfig } from '../config/train-config.ts';
import { fitBatch, stepMemory } from './fit-batch.ts';
import type { Fit, FitLimits, ProbedRecipe } from './fit-batch.ts';
import { probeWorkingSet } from './probe-working-set.ts';

/**
 * How far estimates may be below what a step takes, as a share: tests hold them to it. On webgpu more, because how many
 * buffers wait for their commands to be submitted depends on the device.
 */
export const RESERVE: Readonly<Record<'wasm' | 'webgpu', number>> = { wasm: 0.05, webgpu: 0.15 };

/** The settings that fitting may change. */
export type FitChanges = Partial<Pick<TrainConfig, 'checkpointing' | 'moments'>>;

/** What {@link fitRun} found. */
export interface RunFit {
  /** Undefined when nothing fits. */
  readonly fit: Fit | undefined;
  /** Bytes that micro-batches of one window take. */
  readonly leastBytes: number;
  /** Other settings with which something would fit, or a larger micro-batch; the least change first. */
  readonly alternatives: readonly { readonly changes: FitChanges; readonly fit: Fit }[];
}

/** What {@link fitRun} fits. */
export interface FitRunOptions {
  readonly config: TrainConfig;
  readonly modelConfig: LlamaConfig;
  /** All recipes of the run. */
  readonly recipes: readonly Recipe[];
  readonly tokensPerStep: number;
  readonly limits: FitLimits;
}

const CHANGES: readonly FitChanges[] = [
  { checkpointing: 'block' },
  { moments: 'mixed' },
  { checkpointing: 'block', moments: 'mixed' },
];

/**
 * Finds the micro-batch of a run on the current backend, and what less hungry settings would make of it: those without which
 * nothing fits, or with which at least twice as much does.
 */
export async function fitRun({
  config,
  modelConfig,
  recipes,
  tokensPerStep,
  limits,
}: FitRunOptions): Promise<RunFit> {
  const probes = new Map<string, ProbedRecipe[]>();
  const probesOf = async (own: TrainConfig): Promise<ProbedRecipe[]> => {
    const probed = probes.get(own.checkpointing) ?? (await probeEach(own, modelConfig, recipes));
    probes.set(own.checkpointing, probed);
    return probed;
  };
  const fitWith = async (changes: FitChanges): Promise<Fit | undefined> => {
    const own = { ...config, ...changes };
    return fitBatch(modelConfig, await probesOf(own), own, tokensPerStep, limits);
  };
  const fit = await fitWith({});
  const windows = Math.ceil(tokensPerStep / config.context);
  const one = stepMemory(modelConfig, await probesOf(config), config, windows, 1);
  const alternatives: { changes: FitChanges; fit: Fit }[] = [];
  for (const changes of CHANGES) {
    const least = 2 * ((alternatives.at(-1)?.fit ?? fit)?.largestBatch ?? 0);
    if (least > windows) break;
    const isNew = Object.entries(changes).every(([key, value]) => config[key as keyof FitChanges] !== value);
    const better = isNew ? await fitWith(changes) : undefined;
    if (better !== undefined && better.largestBatch >= least) alternatives.push({ changes, fit: better });
  }
  return { fit, leastBytes: one.total, alternatives };
}

async function probeEach(
  config: TrainConfig,
  modelConfig: LlamaConfig,
  recipes: readonly Recipe[],
): Promise<ProbedRecipe[]> {
  const probed: ProbedRecipe[] = [];
  for (const recipe of recipes)
    probed.push({ recipe, working: await probeWorkingSet(config, modelConfig, recipe) });
  return probed;
}
