import type { RunLoss } from '../evaluation/run-loss.ts';
import type { Metric } from '../evaluation/metrics.ts';
import type { TaskResult } from '../evaluation/run-task.ts';

/** The result of evaluating a text, as lines for people. */
export function lossLines({ lossNats, unigramNats, bitsPerByte }: RunLoss): string[] {
  return [
    `loss            ${lossNats.toFixed(4)} nats per token (unigram entropy ${unigramNats.toFixed(4)})`,
    `perplexity      ${Math.exp(lossNats).toFixed(3)}`,
    `bits per byte   ${bitsPerByte.toFixed(4)}`,
  ];
}

/** The results of tasks as a table for people, with a sentence on each that needs one. */
export function taskLines(results: readonly TaskResult[]): string[] {
  const rows = results.flatMap(({ name, documents, metrics }) =>
    Object.entries(metrics).map(([metric, value], i) => [
      i === 0 ? name : '',
      i === 0 ? documents.toLocaleString('en') : '',
      metric,
      figure(value.value),
      value.standardError === null ? '' : `± ${figure(value.standardError)}`,
    ]),
  );
  const table = [['task', 'documents', 'metric', 'value', 'standard error'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) =>
        column === 1 || column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
  const notes = results.flatMap(({ name, documents, truncated }) =>
    truncated === 0
      ? []
      : [
          `${name}: ${truncated} of ${documents} documents are longer than the model's context; their beginnings were left out`,
        ],
  );
  return [...lines, ...notes];
}

/** The results of tasks as JSON has them: metrics and `…_stderr` by the names of lm-evaluation-harness. */
export function taskRecords(results: readonly TaskResult[]): Record<string, object> {
  return Object.fromEntries(
    results.map(({ name, documents, truncated, metrics }) => [
      name,
      { documents, truncated, ...Object.fromEntries(Object.entries(metrics).flatMap(numbersOf)) },
    ]),
  );
}

function numbersOf([name, { value, standardError }]: [string, Metric]): [string, number | null][] {
  return [
    [name, value],
    [`${name}_stderr`, standardError],
  ];
}

function figure(value: number): string {
  return value < 1000 ? value.toFixed(4) : value.toPrecision(6);
}
