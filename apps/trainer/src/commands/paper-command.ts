import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { modelZoo } from '@nibble-ml/llama';
import { didYouMean } from '../config/nearest.ts';
import { findExperiments } from '../paper/experiments.ts';
import { listExperiments } from '../paper/list-experiments.ts';
import type { ListedExperiment } from '../paper/list-experiments.ts';
import { lockFolder } from '../paper/lock-folder.ts';
import type { PaperContext } from '../paper/paper-context.ts';
import { terminalPaperObserver } from '../paper/paper-observer.ts';
import { defaultSettings, quickSettings } from '../paper/paper-settings.ts';
import type { PaperSettings } from '../paper/paper-settings.ts';
import { paperText } from '../paper/paper-text.ts';
import { plansOf, runExperiment } from '../paper/run-experiment.ts';
import { uniquePlans } from '../paper/run-plan.ts';
import { parseSeeds } from '../paper/seeds.ts';
import { writeSummary } from '../paper/summary.ts';
import { trainPlans } from '../paper/train-plans.ts';
import { writeFiles } from '../paper/write-files.ts';
import { duration } from '../training/duration.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { backendRequest, numberIn } from './options.ts';

const INTERRUPTED = 130;

interface PaperOptions {
  readonly list?: boolean;
  readonly json?: boolean;
  readonly quick?: boolean;
  readonly out?: string;
  readonly runs: string;
  readonly model?: string;
  readonly tokens?: string;
  readonly seeds?: string;
  readonly learningRate?: string;
  readonly backend?: string;
  readonly jobs: string;
}

/** `nibble paper`: regenerates the results of arXiv 2501.17116 at a scale that a small machine can do. */
export function addPaperCommand(program: Command, setExitCode: (code: number) => void): void {
  const d = defaultSettings;
  program
    .command('paper')
    .description('regenerate tables and figures of arXiv 2501.17116 at a scale that this machine can do')
    .argument('[ids...]', 'what to regenerate, such as figure1; see --list')
    .option('--list', 'list what there is, what the paper says, how long it takes, and what is stored')
    .option('--json', 'with --list: print it as JSON')
    .option('--out <folder>', 'folder of the results (default docs/paper, with --quick runs/paper/quick)')
    .option(
      '--runs <folder>',
      'folder of the training runs, shared by all experiments',
      join('runs', 'paper'),
    )
    .option('--model <name>', `a model of "nibble models" (default ${d.model})`)
    .option('--tokens <count>', `tokens that each run is trained on (default ${d.tokens})`)
    .option('--seeds <list>', 'how many, such as 3, or which, such as 1,2,5 (default 3)')
    .option('--learning-rate <number>', `highest learning rate (default ${d.learningRate})`)
    .option('--backend <name>', `auto, webgpu, wasm or cpu (default ${d.backend})`)
    .option('--jobs <count>', `processes that train at once (default 1; here ${cpus().length} cores)`, '1')
    .option('--quick', 'a tiny model and text: checks in seconds that everything works')
    .action(async (ids: string[], options: PaperOptions) => {
      const settings = settingsFrom(options);
      const jobs = numberIn('--jobs', options.jobs, [1, 256], true);
      const chosen = findExperiments(ids);
      if (options.list !== true && chosen.length === 0) {
        throw new RangeError(
          'nibble paper must be told what to regenerate, such as figure1; see nibble paper --list',
        );
      }
      const context = contextOf(settings, options);
      if (options.list === true) {
        const rows = listExperiments(context);
        console.log(options.json === true ? JSON.stringify(rows, null, 2) : rows.map(describe).join('\n\n'));
        return;
      }
      const unlock = lockFolder(options.runs);
      const { signal, stop } = abortOnSignals();
      try {
        const plans = uniquePlans(chosen.flatMap((experiment) => plansOf(experiment, context)));
        const observer = terminalPaperObserver(process.stdout);
        if (!(await trainPlans(plans, { jobs, signal, observer }))) {
          console.log('Stopped; the same command goes on from here.');
          setExitCode(INTERRUPTED);
          return;
        }
        for (const experiment of chosen) {
          const paths = writeFiles(context.outDir, (await runExperiment(experiment, context)).files);
          console.log(`${pc.bold(experiment.id)}  ${paths.join('  ')}`);
        }
        const summary = writeSummary(context.outDir);
        if (summary !== undefined) console.log(`${pc.bold('summary')}  ${summary}`);
      } finally {
        stop();
        unlock();
      }
    });
}

function settingsFrom(options: PaperOptions): PaperSettings {
  const base = options.quick === true ? quickSettings : defaultSettings;
  const { model = base.model, tokens, seeds, learningRate, backend } = options;
  const models = Object.keys(modelZoo);
  if (!models.includes(model)) {
    throw new RangeError(
      `--model must be one of ${models.join(', ')}, but got ${JSON.stringify(model)}${didYouMean(model, models)}`,
    );
  }
  return {
    ...base,
    model,
    ...(tokens === undefined ? {} : { tokens: numberIn('--tokens', tokens, [1, 1e12], true) }),
    ...(seeds === undefined ? {} : { seeds: parseSeeds(seeds) }),
    ...(learningRate === undefined
      ? {}
      : { learningRate: numberIn('--learning-rate', learningRate, [1e-9, 10], false) }),
    ...(backend === undefined ? {} : { backend: backendRequest(backend) }),
  };
}

function contextOf(settings: PaperSettings, { runs, out, quick = false }: PaperOptions): PaperContext {
  const { model, tokens, seeds, learningRate, backend } = settings;
  const flags = [
    ...(quick ? ['--quick'] : []),
    `--model ${model}`,
    `--tokens ${tokens}`,
    `--seeds ${seeds.join(',')}${seeds.length === 1 ? ',' : ''}`,
    `--learning-rate ${learningRate}`,
    `--backend ${backend}`,
  ];
  return {
    settings,
    text: paperText(runs, quick),
    runsDir: runs,
    outDir: out ?? (quick ? join(runs, 'quick') : join('docs', 'paper')),
    command: ['nibble paper', ...flags].join(' '),
    date: new Date().toISOString().slice(0, 10),
  };
}

function describe(row: ListedExperiment): string {
  const { id, title, paper, runs, finishedRuns, secondsLeft, measured, stored } = row;
  const left =
    runs === finishedRuns
      ? 'seconds'
      : `about ${duration(secondsLeft)} on one core${measured ? ', by the runs that finished here' : ''}`;
  const trained = runs === 0 ? 'no training' : `${finishedRuns} of ${runs} training runs finished`;
  return [
    `${pc.bold(id.padEnd(12))} ${title}`,
    `  the paper  ${paper}`,
    `  here       ${trained}, ${left} to go`,
    `  stored     ${stored ?? 'nothing'}`,
  ].join('\n');
}
