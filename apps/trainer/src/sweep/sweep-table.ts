import pc from 'picocolors';
import { duration } from '../training/duration.ts';
import type { SweepEstimate } from './estimate-seconds.ts';
import type { SweepPlan, SweepRun } from './plan-sweep.ts';
import { tokensOf } from './run-identity.ts';
import type { SweepRunState } from './sweep-state.ts';

const ALWAYS = ['model', 'recipe', 'seed'] as const;
const ELSEWHERE: ReadonlySet<string> = new Set([...ALWAYS, 'steps', 'out', 'checkpointEvery']);

/** The settings, beside model, recipe, seed and tokens, in which the runs of a sweep differ. */
export function varyingSettings(runs: readonly SweepRun[]): string[] {
  const keys = Object.keys(runs[0]?.config ?? {}).filter((key) => !ELSEWHERE.has(key));
  return keys.filter((key) => new Set(runs.map((run) => settingOf(run, key))).size > 1);
}

/** A setting of a run as text. */
export function settingOf({ config }: SweepRun, key: string): string {
  return String((config as unknown as Readonly<Record<string, unknown>>)[key]);
}

/** The runs of a sweep as a table for people: what they are, and how far. */
export function sweepTable(states: readonly SweepRunState[]): string {
  const runs = states.map(({ run }) => run);
  const varying = varyingSettings(runs);
  const header = ['#', ...ALWAYS, 'tokens', ...varying, 'steps', 'state'];
  const rows = states.map(({ run, status, step, reason }, i) => [
    String(i),
    ...ALWAYS.map((key) => settingOf(run, key)),
    tokensOf(run.config).toLocaleString('en'),
    ...varying.map((key) => settingOf(run, key)),
    String(run.config.steps),
    `${status}${status === 'started' ? ` at ${step}` : ''}${reason === undefined ? '' : `: ${reason}`}`,
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]!.length)));
  const isNumber = header.map(
    (name) => name === '#' || name === 'seed' || name === 'tokens' || name === 'steps',
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [pc.bold(line(header)), ...rows.map(line)].join('\n');
}

/** What a sweep comes to, in a line. */
export function sweepSummary(
  { id }: SweepPlan,
  states: readonly SweepRunState[],
  { tokens, seconds, isMeasured }: SweepEstimate,
  jobs: number,
): string {
  const count = (status: SweepRunState['status']): number =>
    states.filter((state) => state.status === status).length;
  const done = (['finished', 'diverged', 'failed'] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `, ${count(status)} ${status}`)
    .join('');
  const left =
    tokens === 0
      ? 'nothing left to train'
      : `${tokens.toLocaleString('en')} tokens left, about ${duration(seconds / jobs)} with ${jobs} at once${isMeasured ? ', by the runs that finished here' : ' on cores of medium speed'}`;
  return `sweep ${id}: ${states.length} runs${done}; ${left}`;
}

/** The state of a run for machines. */
export function stateJson({ run, status, step, reason }: SweepRunState): object {
  const { model, recipe, seed, learningRate, steps } = run.config;
  const tokens = tokensOf(run.config);
  const about = { run: run.name, dir: run.dir, model, recipe, tokens, seed, learningRate, steps };
  return { ...about, status, step, ...(reason === undefined ? {} : { reason }) };
}
