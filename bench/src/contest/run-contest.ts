import { summarize } from '../statistics.ts';
import type { Summary } from '../statistics.ts';
import type { Impl } from '../report.ts';
import type { ContestantProcess } from './contestant-process.ts';
import type { Task } from './task.ts';

/** How thoroughly to measure. */
export interface Effort {
  /** Interleaved rounds; the median of them counts. */
  readonly rounds: number;
  /** A sample repeats the call until it lasts about this long. */
  readonly sampleMs: number;
  /** Calls before timing, checks not counted. */
  readonly warmUps: number;
}

/** One variant of one implementation in one task. */
export interface Standing {
  readonly impl: Impl;
  readonly variant: string;
  /** What `check` returned. */
  readonly values: Float32Array;
  /** Milliseconds of a call. */
  readonly times: Summary;
  readonly dispatches: number | undefined;
}

interface Runner {
  readonly contestant: ContestantProcess;
  readonly entry: number;
  readonly variant: string;
  readonly values: Float32Array;
  readonly samples: number[];
  repeats: number;
  dispatches: number | undefined;
}

/**
 * Times a task in all variants of all contestants: set up and check each, `verify` the results, warm up, then rounds in
 * which everyone runs once, starting with another one each time. Only one process works at a time.
 *
 * @param verify - throws when a result is wrong, so that nothing wrong is timed
 */
export async function runContest(
  contestants: readonly ContestantProcess[],
  task: Task,
  effort: Effort,
  verify: (impl: Impl, variant: string, values: Float32Array) => void,
): Promise<Standing[]> {
  const runners: Runner[] = [];
  for (const contestant of contestants) {
    for (const [entry, variant] of (await contestant.prepare(task)).entries()) {
      const values = await contestant.check(entry);
      verify(contestant.impl, variant, values);
      runners.push({ contestant, entry, variant, values, samples: [], repeats: 1, dispatches: undefined });
    }
  }
  for (const runner of runners) await warmUp(runner, effort);
  for (let round = 0; round < effort.rounds; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      const runner = runners[(turn + round) % runners.length]!;
      const { ms, dispatches } = await runner.contestant.time(runner.entry, runner.repeats);
      runner.samples.push(ms);
      runner.dispatches = dispatches;
    }
  }
  for (const contestant of contestants) await contestant.release();
  return runners.map(({ contestant: { impl }, variant, values, samples, dispatches }) => {
    return { impl, variant, values, times: summarize(samples), dispatches };
  });
}

async function warmUp(runner: Runner, { warmUps, sampleMs }: Effort): Promise<void> {
  let ms = 0;
  for (let i = 0; i < warmUps; i++) ({ ms } = await runner.contestant.time(runner.entry, 1));
  runner.repeats = Math.min(100, Math.max(1, Math.round(sampleMs / ms)));
}
