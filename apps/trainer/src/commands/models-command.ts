import type { Command } from 'commander';
import { countParameters, flopsPerToken, modelZoo } from '@nibble-ml/llama';

/** `nibble models`: lists the model zoo. */
export function addModelsCommand(program: Command): void {
  program
    .command('models')
    .description('list the models, with parameters and FLOPs')
    .option('--json', 'print them as JSON')
    .action(({ json }: { json?: boolean }) => {
      const rows = Object.values(modelZoo).map((config) => ({
        config,
        parameters: countParameters(config).total,
        nonEmbeddingParameters: countParameters(config).nonEmbedding,
        trainingFlopsPerToken: flopsPerToken(config, config.context),
      }));
      if (json === true) {
        console.log(JSON.stringify(rows, null, 2));
        return;
      }
      const table = rows.map(({ config, parameters, nonEmbeddingParameters, trainingFlopsPerToken }) => [
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
      const head = [
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
      ];
      console.log(formatTable([head, ...table]));
    });
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(2)} M`;
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
