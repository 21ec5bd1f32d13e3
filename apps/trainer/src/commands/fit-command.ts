import { unfittedNotes } from '@nibble-ml/scaling-law';
import type { Command } from 'commander';
import { filterRecords } from '../scaling/filter-records.ts';
import { fitJson, fitText, requireFitFolder, writeFit } from '../scaling/fit-output.ts';
import type { FitFlags } from '../scaling/fit-options.ts';
import { readScalingRecords } from '../scaling/read-scaling-records.ts';
import { runFit } from '../scaling/run-fit.ts';
import { abortOnSignals } from './abort-on-signals.ts';

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];

/** `nibble fit`: fits a scaling law to finished runs. */
export function addFitCommand(program: Command): void {
  program
    .command('fit')
    .description(
      'fit a scaling law to finished runs (columns N, D, G, precision, loss; seed and weight if known)',
    )
    .argument('<data...>', 'CSV, JSONL or Parquet files, run folders, or folders of them')
    .option('--law <name>', 'the law', 'qat-delta')
    .option(
      '--formula <text>',
      'a law of your own, as "L = E + A/N^a" or "delta = k*log2(G)^g"; instead of --law',
    )
    .option(
      '--start <name=values>',
      'values to try for a parameter of --formula, as a=0.1,0.3; repeatable',
      collect,
    )
    .option('--real <names>', 'parameters of --formula that may be negative, separated by commas')
    .option(
      '--compare <names>',
      'further laws to fit to the same runs, separated by commas; one that they cannot determine is named, with the reason',
    )
    .option('--precision <name>', 'the quantized precision to fit, where there are several')
    .option('--where <column=value>', 'keep these runs only; * stands for any text; repeatable', collect)
    .option('--seeds <how>', 'repeated seeds: each an observation, or their mean', 'each')
    .option(
      '--log-of <what>',
      'for a law of delta: fit the logarithm of delta, or of the loss, which lets noise make delta negative',
      'delta',
    )
    .option('--huber <delta>', 'log residual where the loss turns linear, or auto')
    .option('--bootstrap <count>', 'resamples; 0 for no intervals', '1000')
    .option('--resampling <what>', 'cases or residuals', 'cases')
    .option('--intervals <kind>', 'bca or percentile', 'bca')
    .option('--confidence <share>', 'share of the truth that intervals are to hold', '0.95')
    .option('--seed <number>', 'seed of the resamples', '0')
    .option('--validate', 'also predict each size from the others')
    .option('--isoflop', 'also fit parabolas to runs of equal compute (approach 2, which is biased)')
    .option('--workers <count>', 'worker threads (default: the cores, at most 8)')
    .option('--out <dir>', 'write report.md, figures as SVG and fit.json into this folder')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  nibble fit runs.csv --compare prior-delta,qat-delta-no-d --validate --out fit/\n' +
        '  nibble fit runs/sweep --law qat --where "recipe=int4-*"\n' +
        '  nibble fit runs.csv --formula "L = E + A/N^a + B/D^b"',
    )
    .action(async (paths: string[], flags: FitFlags) => {
      if (flags.out !== undefined) requireFitFolder(flags.out);
      const records = filterRecords(await readScalingRecords(paths), flags.where ?? []);
      const { signal, stop } = abortOnSignals('stopping');
      const show = progressLine();
      try {
        const outcome = await runFit(flags, records, { signal, onProgress: show.update });
        show.clear();
        const files = flags.out === undefined ? [] : writeFit(flags.out, outcome, paths.join(', '));
        if (flags.json === true) {
          process.stdout.write(`${JSON.stringify(fitJson(outcome))}\n`);
          for (const note of unfittedNotes(outcome.comparison)) process.stderr.write(`note: ${note}\n`);
        } else {
          process.stdout.write(`${fitText(outcome)}\n`);
          if (files.length > 0) process.stdout.write(`\nwrote ${files.join(', ')} into ${flags.out}\n`);
        }
      } finally {
        show.clear();
        stop();
      }
    });
}

/** A line on a terminal's stderr that is written over again and again. */
function progressLine(): {
  update: (law: string, progress: { phase: string; done: number; total: number }) => void;
  clear: () => void;
} {
  const { stderr } = process;
  return {
    update: (law, { phase, done, total }) => {
      if (stderr.isTTY) stderr.write(`\r\u001B[K${law}: ${phase} ${done}/${total}`);
    },
    clear: () => {
      if (stderr.isTTY) stderr.write('\r\u001B[K');
    },
  };
}
