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
  rounds: number;
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
      runners.push({
        contestant,
        entry,
        variant,
        values,
        samples: [],
        repeats: 1,
        rounds: effort.rounds,
        dispatches: undefined,
      });
    }
  }
  await warmUp(runners, effort);
  for (let round = 0; round < effort.rounds; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      const runner = runners[(turn + round) % runners.length]!;
      if (round < runner.rounds) await takeSample(runner);
    }
  }
  for (const contestant of contestants) await contestant.release();
  return runners.map(({ contestant: { impl }, variant, values, samples, dispatches }) => {
    return { impl, variant, values, times: summarize(samples), dispatches };
  });
}

/** A peer that is this many times slower than the fastest peer is measured in one round: only the fastest one counts. */
const hopeless = 3;

async function warmUp(runners: readonly Runner[], { warmUps, sampleMs }: Effort): Promise<void> {
  for (const runner of runners) {
    // Several calls where they are short: engines compile WebAssembly again once it is hot.
    do await takeSample(runner);
    while (runner.samples.length < warmUps && Math.max(...runner.samples) < 500);
  }
  const peers = runners.filter(({ contestant }) => contestant.impl !== 'nibble');
  const fastest = Math.min(...peers.map(best));
  for (const runner of peers) if (best(runner) > hopeless * fastest) runner.rounds = 1;
  for (const runner of runners) {
    while (runner.rounds > 1 && runner.samples.length < warmUps) await takeSample(runner);
    runner.repeats = Math.min(100, Math.max(1, Math.round(sampleMs / best(runner))));
    runner.samples.length = 0;
  }
}

function best({ samples }: Runner): number {
  return Math.min(...samples);
}

async function takeSample(runner: Runner): Promise<void> {
  const { ms, dispatches } = await runner.contestant.time(runner.entry, runner.repeats);
  runner.samples.push(ms);
  runner.dispatches = dispatches;
}
