import type { Command } from 'commander';
import { Option } from 'commander';
import pc from 'picocolors';
import { fitLaw, lawNamed, lawNames, parseRecords } from '@nibble-ml/scaling-law';
import type { FitResult } from '@nibble-ml/scaling-law';
import { readText } from '../data/read-text.ts';

/** `nibble fit`: fits a scaling law to a CSV of finished runs. */
export function addFitCommand(program: Command): void {
  program
    .command('fit')
    .description('fit a scaling law to a CSV of finished runs (columns N, D, G, precision, loss)')
    .argument('<file>', 'the CSV file')
    .addOption(new Option('--law <name>', 'the law').choices([...lawNames]).default('qat-delta'))
    .option('--precision <name>', 'the quantized precision to fit, where the file has several')
    .option('--resamples <count>', 'bootstrap resamples; 0 for no intervals', '1000')
    .option('--json', 'print the result as JSON')
    .action(
      (file: string, options: { law: string; precision?: string; resamples: string; json?: boolean }) => {
        const records = parseRecords(readText(file).text);
        const result = fitLaw(lawNamed(options.law, records), records, {
          resamples: Number(options.resamples),
          ...(options.precision === undefined ? {} : { precision: options.precision }),
        });
        console.log(options.json === true ? JSON.stringify(result) : describe(result));
      },
    );
}

function describe(result: FitResult): string {
  const rows = Object.entries(result.parameters).map(([name, { value, low, high }]) => {
    const interval = low === null || high === null ? '' : `  [${digits(low)}, ${digits(high)}]`;
    return `  ${name.padEnd(8)} ${digits(value).padStart(12)}${pc.dim(interval)}`;
  });
  return [
    `${pc.bold(result.law)} fitted to ${result.points} runs in ${Math.round(result.milliseconds)} ms`,
    ...rows,
    `relative error on the loss  ${(100 * result.relativeErrorOnLoss).toFixed(2)} %`,
    ...(result.relativeErrorOnDelta === null
      ? []
      : [`relative error on delta     ${(100 * result.relativeErrorOnDelta).toFixed(2)} %`]),
    ...result.warnings.map((warning) => pc.yellow(`note: ${warning}`)),
  ].join('\n');
}

function digits(value: number): string {
  return value.toPrecision(6);
}
