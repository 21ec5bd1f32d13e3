import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { modelZoo } from '@nibble-ml/llama';
import { didYouMean } from '../config/nearest.ts';
import { isQat } from '../paper/experiment.ts';
import type { Experiment } from '../paper/experiment.ts';
import { findExperiments } from '../paper/experiments.ts';
import { describeListed, listExperiments } from '../paper/list-experiments.ts';
import type { PaperContext } from '../paper/paper-context.ts';
import { terminalRunsObserver } from '../many-runs/terminal-runs-observer.ts';
import { defaultSettings, quickSettings } from '../paper/paper-settings.ts';
import type { PaperSettings } from '../paper/paper-settings.ts';
import { MissingTextError, paperText } from '../paper/paper-text.ts';
import type { PaperText } from '../paper/paper-text.ts';
import { defaultQatSettings, quickQatSettings } from '../paper/qat/grid-settings.ts';
import type { QatSettings } from '../paper/qat/grid-settings.ts';
import { regenerate } from '../paper/regenerate.ts';
import { parseSeeds } from '../paper/seeds.ts';
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

/** `nibble paper`: regenerates the results of both papers at a scale that a small machine can do. */
export function addPaperCommand(program: Command, setExitCode: (code: number) => void): void {
  const d = defaultSettings;
  program
    .command('paper')
    .description(
      'regenerate tables and figures of arXiv 2501.17116 and 2505.14302 at a scale that this machine can do',
    )
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
    .option(
      '--seeds <list>',
      'how many, such as 3, or which, such as 1,2,5 (default 3; for b-…, 1 to 5 by size)',
    )
    .option('--learning-rate <number>', `highest learning rate (default ${d.learningRate})`)
    .option('--backend <name>', `auto, webgpu, wasm or cpu (default ${d.backend})`)
    .option('--jobs <count>', `processes that train at once (default 1; here ${cpus().length} cores)`, '1')
    .option('--quick', 'a tiny model and text: checks in seconds that everything works')
    .action(async (ids: string[], options: PaperOptions) => {
      const settings = settingsFrom(options);
      const jobs = numberIn('--jobs', options.jobs, [1, 256], true);
      const chosen = findExperiments(ids);
      requireNoScale(chosen, options);
      if (options.list !== true && chosen.length === 0) {
        throw new RangeError(
          'nibble paper must be told what to regenerate, such as figure1; see nibble paper --list',
        );
      }
      if (options.list === true) {
        list(settings, options);
        return;
      }
      const context = contextOf(settings, options, paperText(options.runs, settings.quick));
      const { signal, stop } = abortOnSignals();
      try {
        const finished = await regenerate(chosen, context, {
          jobs,
          signal,
          observer: terminalRunsObserver(process.stdout),
          onWritten: (what, paths) => console.log(`${pc.bold(what)}  ${paths.join('  ')}`),
        });
        if (finished) return;
        console.log('Stopped; the same command goes on from here.');
        setExitCode(INTERRUPTED);
      } finally {
        stop();
      }
    });
}

function list(settings: PaperSettings, options: PaperOptions): void {
  let text: PaperText = { name: 'missing', path: '', sha256: '', validationFraction: 0, content: '' };
  let note = '';
  try {
    text = paperText(options.runs, settings.quick);
  } catch (error) {
    // No run can have been trained on a text that is not there, so the list is right without it.
    if (!(error instanceof MissingTextError)) throw error;
    note = error.message;
  }
  const rows = listExperiments(contextOf(settings, options, text));
  if (options.json === true) console.log(JSON.stringify(rows, null, 2));
  else console.log([...rows.map(describeListed), ...(note === '' ? [] : [pc.yellow(note)])].join('\n\n'));
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

/** The grid of arXiv 2505.14302 has sizes, token budgets and learning rates of its own. */
function requireNoScale(chosen: readonly Experiment[], options: PaperOptions): void {
  const grid = chosen.find(isQat);
  const flag = (['model', 'tokens', 'learningRate'] as const).find((name) => options[name] !== undefined);
  if (grid === undefined || flag === undefined) return;
  const name = flag === 'learningRate' ? 'learning-rate' : flag;
  throw new RangeError(
    `nibble paper: --${name} must be left out for ${grid.id}, which trains a grid of models and tokens, but got ${options[flag]}; regenerate ${grid.id} by itself`,
  );
}

function qatSettingsFrom({ quick = false, seeds }: PaperOptions): QatSettings {
  const base = quick ? quickQatSettings : defaultQatSettings;
  if (seeds === undefined) return base;
  const own = parseSeeds(seeds);
  return {
    ...base,
    models: base.models.map(({ name, learningRate }) => ({ name, learningRate, lawSeeds: own, seeds: own })),
  };
}

function contextOf(settings: PaperSettings, options: PaperOptions, text: PaperText): PaperContext {
  const { runs, out, quick = false } = options;
  const { model, tokens, seeds, learningRate, backend } = settings;
  const start = ['nibble paper', ...(quick ? ['--quick'] : [])];
  const listed = `--seeds ${seeds.join(',')}${seeds.length === 1 ? ',' : ''}`;
  const scale = [`--model ${model}`, `--tokens ${tokens}`, listed, `--learning-rate ${learningRate}`];
  const ofGrid = options.seeds === undefined ? [] : [listed];
  return {
    settings,
    qat: qatSettingsFrom(options),
    text,
    runsDir: runs,
    outDir: out ?? (quick ? join(runs, 'quick') : join('docs', 'paper')),
    commands: {
      ofOneModel: [...start, ...scale, `--backend ${backend}`].join(' '),
      ofGrid: [...start, ...ofGrid, `--backend ${backend}`].join(' '),
    },
    date: new Date().toISOString().slice(0, 10),
  };
}
