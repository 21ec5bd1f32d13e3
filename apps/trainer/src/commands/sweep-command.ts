import { cpus } from 'node:os';
import { basename, extname, join } from 'node:path';
import type { Command } from 'commander';
import { readText } from '../data/read-text.ts';
import { terminalRunsObserver } from '../many-runs/terminal-runs-observer.ts';
import { emitKubernetes } from '../sweep/emit-kubernetes.ts';
import { emitSlurm } from '../sweep/emit-slurm.ts';
import { estimateSeconds } from '../sweep/estimate-seconds.ts';
import { jsonRunsObserver } from '../sweep/json-runs-observer.ts';
import { planSweep } from '../sweep/plan-sweep.ts';
import type { SweepPlan } from '../sweep/plan-sweep.ts';
import { gatherRecords, runSweep } from '../sweep/run-sweep.ts';
import type { RunSweepOptions, SweepOutcome } from '../sweep/run-sweep.ts';
import { loadSweep } from '../sweep/sweep-file.ts';
import { sweepRunState } from '../sweep/sweep-state.ts';
import { stateJson, sweepSummary, sweepTable } from '../sweep/sweep-table.ts';
import { trainIndex } from '../sweep/train-index.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { known, numberIn } from './options.ts';

const INTERRUPTED = 130;

interface SweepFlags {
  readonly runs?: string;
  readonly jobs?: string;
  readonly dryRun?: boolean;
  readonly gather?: boolean;
  readonly json?: boolean;
  readonly index?: string;
  readonly sweepId?: string;
  readonly emit?: string;
  readonly image?: string;
  readonly claim: string;
  readonly redis?: string;
  readonly attempts: string;
}

/** `nibble sweep`: trains every combination of settings, and gathers the results for `nibble fit`. */
export function addSweepCommand(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('sweep')
    .description('train every combination of the settings in a file, and gather the results for nibble fit')
    .argument('<file>', 'TOML or JSON: the settings of nibble train, tokens and G, each one value or a list')
    .option('--runs <folder>', 'folder of the runs and of runs.csv (default runs/, and the name of the file)')
    .option('--jobs <count>', `processes that train at once (default 1; here ${cpus().length} cores)`)
    .option('--dry-run', 'show the runs, how far they are and what is left, and train nothing')
    .option('--gather', 'write the records of what is finished, and train nothing')
    .option('--json', 'print JSON: one object per line, with --dry-run and --gather one object')
    .option('--redis <url>', 'have the runs trained by "nibble worker" on any number of machines')
    .option('--attempts <count>', 'with --redis: how often a run that fails is tried', '3')
    .option('--index <number>', 'train this one run, counted from 0, as a task of an array does')
    .option('--sweep-id <id>', 'with --index: refuse if the file means other runs than when this was printed')
    .option(
      '--emit <kind>',
      'print a script that trains the runs on a cluster: k8s (an Indexed Job) or slurm',
    )
    .option('--image <name>', 'with --emit k8s: the container image, which has the nibble command')
    .option('--claim <name>', 'with --emit k8s: the PersistentVolumeClaim that all pods mount', 'nibble')
    .addHelpText(
      'after',
      '\nA file:\n  model = ["nano", "micro"]\n  recipe = ["f32", "int4-g{G}"]\n  G = [32, 64, "channel"]\n' +
        '  tokens = [256_000, 1_024_000]\n  seed = [1, 2]\n\n  [[runs]]            # optional: grids of their own\n' +
        '  learningRate = 2e-3\n\nExamples:\n  nibble sweep sweep.toml --dry-run\n  nibble sweep sweep.toml --jobs 2\n' +
        '  nibble sweep sweep.toml --redis redis://:PASSWORD@HOST:6379\n' +
        '  nibble fit runs/sweep/runs.csv --law qat\n  nibble sweep sweep.toml --emit slurm --jobs 16 > sweep.sbatch',
    )
    .action(async (path: string, flags: SweepFlags) => {
      const runsDir = flags.runs ?? join('runs', basename(path, extname(path)));
      const jobs = numberIn('--jobs', flags.jobs ?? '1', [1, 4096], true);
      refuseBoth(flags);
      const plan = await planSweep(loadSweep(path), runsDir);
      if (flags.emit !== undefined) process.stdout.write(emit(path, runsDir, plan, jobs, flags));
      else if (flags.dryRun === true) showPlan(plan, jobs, flags);
      else if (flags.gather === true) showOutcome(plan, gatherRecords(plan, runsDir), flags);
      else await train(plan, runsDir, jobs, flags, setExitCode);
    });
}

/** What would be ignored is refused. */
function refuseBoth({ redis, jobs, index, sweepId, image, emit: kind }: SweepFlags): void {
  if (redis !== undefined && (jobs !== undefined || index !== undefined)) {
    throw new RangeError(
      '--redis must come without --jobs and --index: how many train at once is said to nibble worker',
    );
  }
  if (sweepId !== undefined && index === undefined) throw new RangeError('--sweep-id must come with --index');
  if (image !== undefined && kind !== 'k8s') throw new RangeError('--image must come with --emit k8s');
}

function emit(file: string, runsDir: string, plan: SweepPlan, jobs: number, flags: SweepFlags): string {
  const kind = known('--emit', flags.emit!, ['k8s', 'slurm'] as const);
  if (kind === 'slurm') return emitSlurm({ plan, file, runsDir, jobs });
  const { image, claim } = flags;
  if (image === undefined) throw new RangeError('--emit k8s must come with --image, but it is missing');
  return emitKubernetes({ plan, file, runsDir, jobs, image, claim, content: readText(file).text });
}

function showPlan(plan: SweepPlan, jobs: number, { json }: SweepFlags): void {
  const states = plan.runs.map(sweepRunState);
  const estimate = estimateSeconds(states);
  if (json === true) {
    const { tokens: tokensLeft, seconds, isMeasured } = estimate;
    const left = { tokensLeft, secondsLeft: seconds / jobs, isMeasured };
    process.stdout.write(`${JSON.stringify({ id: plan.id, ...left, runs: states.map(stateJson) })}\n`);
    return;
  }
  process.stdout.write(`${sweepTable(states)}\n${sweepSummary(plan, states, estimate, jobs)}\n`);
}

async function train(
  plan: SweepPlan,
  runsDir: string,
  jobs: number,
  flags: SweepFlags,
  setExitCode: (code: number) => void,
): Promise<void> {
  const { json, index, sweepId, redis } = flags;
  const observer =
    json === true
      ? jsonRunsObserver((line) => process.stdout.write(`${line}\n`))
      : terminalRunsObserver(process.stdout);
  const { signal, stop } = abortOnSignals();
  try {
    if (index !== undefined) {
      const one = numberIn('--index', index, [0, plan.runs.length - 1], true);
      const { isComplete, failures } = await trainIndex(plan, one, { sweepId, signal, observer });
      if (!isComplete) setExitCode(INTERRUPTED);
      else if (failures.length > 0) setExitCode(1);
      return;
    }
    if (json !== true) showPlan(plan, jobs, flags);
    const common = { runsDir, signal, observer };
    const outcome =
      redis === undefined
        ? await runSweep(plan, { ...common, jobs })
        : await throughRedis(redis, plan, common, flags);
    showOutcome(plan, outcome, flags);
    if (!outcome.isComplete) {
      if (json !== true)
        console.log(
          redis === undefined
            ? 'Stopped; the same command goes on from here.'
            : 'Stopped; workers go on, and the same command gathers what they did.',
        );
      setExitCode(INTERRUPTED);
    } else if (outcome.states.some(({ status }) => status === 'failed')) setExitCode(1);
  } finally {
    stop();
  }
}

async function throughRedis(
  url: string,
  plan: SweepPlan,
  common: Omit<RunSweepOptions, 'jobs'>,
  flags: SweepFlags,
): Promise<SweepOutcome> {
  const attempts = numberIn('--attempts', flags.attempts, [1, 100], true);
  // Loading the queue's library takes other commands a tenth of a second.
  const { coordinateSweep } = await import('../sweep/redis/coordinate-sweep.ts');
  return coordinateSweep(plan, { ...common, url, attempts, note: (text) => console.error(text) });
}

function showOutcome(
  plan: SweepPlan,
  { states, files }: Pick<SweepOutcome, 'states' | 'files'>,
  { json }: SweepFlags,
): void {
  if (json === true) {
    const record = { type: 'done', id: plan.id, files, runs: states.map(stateJson) };
    process.stdout.write(`${JSON.stringify(record)}\n`);
    return;
  }
  const written = files.length === 0 ? '' : `wrote ${files.join(', ')}\n`;
  process.stdout.write(
    `${sweepTable(states)}\n${sweepSummary(plan, states, estimateSeconds(states), 1)}\n${written}`,
  );
}
