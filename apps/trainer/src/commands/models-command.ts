import type { Command } from 'commander';
import { countParameters, flopsPerToken, modelZoo } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import { recipes } from '@nibble-ml/recipes';
import { estimateMemory } from '../memory/memory-estimate.ts';
import { numberIn } from './options.ts';

/** `nibble models`: lists the model zoo. */
export function addModelsCommand(program: Command): void {
  program
    .command('models')
    .description('list the models, with parameters, FLOPs and memory')
    .option('--batch-size <count>', 'windows that memory is counted for', '1')
    .option('--json', 'print them as JSON')
    .action(({ json, batchSize: given }: { json?: boolean; batchSize: string }) => {
      const batchSize = numberIn('--batch-size', given, [1, 65_536], true);
      const rows = Object.values(modelZoo).map((config) => describe(config, batchSize));
      console.log(json === true ? JSON.stringify(rows, null, 2) : formatModels(rows, batchSize));
    });
}

function describe(config: LlamaConfig, batch: number) {
  const shape = { batch, context: config.context };
  return {
    config,
    parameters: countParameters(config).total,
    nonEmbeddingParameters: countParameters(config).nonEmbedding,
    trainingFlopsPerToken: flopsPerToken(config, config.context),
    batchSize: batch,
    memoryBytes: Object.fromEntries(
      recipes.map((recipe) => [recipe.name, estimateMemory(config, recipe, shape)]),
    ),
  };
}

type Description = ReturnType<typeof describe>;

function formatModels(rows: readonly Description[], batch: number): string {
  const sizes = rows.map(({ config, parameters, nonEmbeddingParameters, trainingFlopsPerToken }) => [
    config.name,
    String(config.nLayers),
    String(config.dim),
    `${config.nHeads}/${config.nKvHeads}`,
    String(config.ffnDim),
    String(config.vocabSize),
    String(config.context),
    millions(parameters),
    millions(nonEmbeddingParameters),
    `${Math.round(trainingFlopsPerToken / 1e6).toLocaleString('en')} M`,
  ]);
  const memory = rows.map(({ config, memoryBytes }) => {
    const [f32, fp4] = [memoryBytes['f32']!, memoryBytes['fp4-paper']!];
    return [
      config.name,
      ...[f32.weights, f32.optimizer, f32.mixedOptimizer, fp4.quantizedWeights].map(mebibytes),
      ...[f32, fp4].flatMap((estimate) =>
        [estimate.activations, estimate.checkpointedActivations].map(mebibytes),
      ),
    ];
  });
  return [
    formatTable([
      [
        'model',
        'blocks',
        'width',
        'heads/KV',
        'FFN',
        'vocab',
        'context',
        'parameters',
        'in blocks',
        'FLOPs/token',
      ],
      ...sizes,
    ]),
    '',
    `MiB to train on ${batch} x context tokens (gradients take as much as weights; of every recipe with --json):`,
    formatTable([
      [
        'model',
        'weights',
        'AdamW',
        'mixed',
        'FP4 weights',
        'f32 saves',
        '--checkpointing',
        'fp4-paper',
        '--checkpointing',
      ],
      ...memory,
    ]),
  ].join('\n');
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(2)} M`;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** Columns aligned: the first to the left, the others to the right. */
function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('  '),
    )
    .join('\n');
}
