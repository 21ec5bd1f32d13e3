import { countParameters, findModel } from '@nibble-ml/llama';
import { compactCount } from '@nibble-ml/scaling-law';
import type { QatExperiment } from '../experiment.ts';
import type { PaperContext } from '../paper-context.ts';
import type { QatRun } from './grid-runs.ts';
import { sectionOf } from '../section.ts';
import { seedsOf } from './grid-plans.ts';

/** The Markdown section of an experiment on the grid. */
export function qatSection(
  experiment: QatExperiment,
  context: PaperContext,
  runs: readonly QatRun[],
  { result, body }: { readonly result: string; readonly body: readonly string[] },
): string {
  return sectionOf(experiment, context, { result, setup: setupOf(experiment, runs, context), body });
}

function setupOf(
  experiment: QatExperiment,
  runs: readonly QatRun[],
  { settings, qat, text }: PaperContext,
): string {
  const models = qat.models.map((model) => {
    const { name, learningRate } = model;
    const seeds = seedsOf(experiment, model);
    const { nLayers, dim } = findModel(name);
    const size = compactCount(countParameters(findModel(name)).nonEmbedding);
    return `${size} parameters (\`${name}\`: ${nLayers} blocks of width ${dim}, highest learning rate ${learningRate}, ${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')})`;
  });
  const valTokens = runs[0]!.result.valTokens!.toLocaleString('en');
  return [
    `${runs.length} runs: ${models.join('; ')}; each on ${qat.tokens.map((tokens) => compactCount(tokens)).join(', ')} tokens`,
    `in steps of ${qat.batchSize} x ${settings.context}, the vocabulary being ${settings.vocabSize}. Text: ${text.name}; losses on all ${valTokens} tokens of the held-out part.`,
    'Errors are what a loss lies above that of the f32 run with the same weights at the start and the same batches, in nats per token.',
  ].join(' ');
}

/** `G = 32`, or `one scale per token and channel`. */
export function groupInWords(group: number | null): string {
  return group === null ? 'one scale per token and channel' : `groups of ${group}`;
}
