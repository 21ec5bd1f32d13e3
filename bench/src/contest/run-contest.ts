import { medianRatio, summarize } from '../statistics.ts';
import type { Summary } from '../statistics.ts';
import type { Impl } from '../report.ts';
import type { ContestantProcess } from './contestant-process.ts';
import type { GpuCounts } from './gpu-counter.ts';
import type { EntryInfo } from './messages.ts';
import type { Task } from './task.ts';

/** How thoroughly to measure. */
export interface Effort {
  /** Interleaved rounds at most; the median of them counts. */
  readonly rounds: number;
  /** A task that has taken this many seconds ends after the round, but not before its third. */
  readonly taskSeconds: number;
  /** A sample repeats the call until it lasts about this long; a round takes two. */
  readonly sampleMs: number;
  /** Calls before timing, checks not counted. */
  readonly warmUps: number;
}

/** Rounds that no limit of time cuts. */
const fewestRounds = 3;

/** One variant of one implementation in one task. */
export interface Standing {
  readonly impl: Impl;
  readonly variant: string;
  /** What `check` returned. */
  readonly values: Float32Array;
  /** Milliseconds of a call in each round. */
  readonly samples: readonly number[];
  /** Milliseconds of a call. */
  readonly times: Summary;
  /** Of Nibble's, where there are peers: the time of the fastest one over ours in the same round; the median of all rounds. */
  readonly ratio: number | undefined;
  /** What the last call asked of the GPU, on webgpu. */
  readonly gpu: GpuCounts | undefined;
  readonly packedBytes: number | undefined;
  readonly operations: number | undefined;
}

interface Runner {
  readonly contestant: ContestantProcess;
  readonly entry: number;
  readonly info: EntryInfo;
  readonly values: Float32Array;
  /** Mean milliseconds of a call in each round. */
  readonly samples: number[];
  repeats: number;
  rounds: number;
  gpu: GpuCounts | undefined;
}

/**
 * Times a task in all variants of all contestants: set up and check each, `verify` the results, warm up, then rounds in
 * which everyone runs twice, starting with another one each time: once in order and once in the reverse order, so that
 * a clock that drifts steadily through a round slows everyone alike. Only one process works at a time.
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
    for (const [entry, info] of (await contestant.prepare(task)).entries()) {
      const values = await contestant.check(entry);
      verify(contestant.impl, info.variant, values);
      runners.push({
        contestant,
        entry,
        info,
        values,
        samples: [],
        repeats: 1,
        rounds: effort.rounds,
        gpu: undefined,
      });
    }
  }
  await warmUp(runners, effort);
  await runRounds(runners, effort);
  for (const contestant of contestants) await contestant.release();
  const peer = fastestPeer(runners);
  return runners.map(({ contestant: { impl }, info, values, samples, gpu }) => {
    const ratio = impl === 'nibble' && peer !== undefined ? medianRatio(peer.samples, samples) : undefined;
    const { variant, packedBytes, operations } = info;
    const times = summarize(samples);
    return { impl, variant, values, samples, times, ratio, gpu, packedBytes, operations };
  });
}

async function runRounds(runners: readonly Runner[], effort: Effort): Promise<void> {
  const start = performance.now();
  for (let round = 0; round < effort.rounds; round++) {
    const order = runners.map((_, turn) => runners[(turn + round) % runners.length]!);
    const running = order.filter(({ rounds }) => round < rounds);
    const first = new Map<Runner, number>();
    for (const runner of running) first.set(runner, await takeSample(runner));
    for (const runner of running.toReversed()) {
      runner.samples.push((first.get(runner)! + (await takeSample(runner))) / 2);
    }
    const seconds = (performance.now() - start) / 1e3;
    if (round + 1 >= fewestRounds && seconds > effort.taskSeconds) break;
  }
}

function fastestPeer(runners: readonly Runner[]): Runner | undefined {
  const medians = runners
    .filter(({ contestant }) => contestant.impl !== 'nibble')
    .map((runner) => ({ runner, median: summarize(runner.samples).median }));
  return medians.toSorted((a, b) => a.median - b.median)[0]?.runner;
}

/** A peer that is this many times slower than the fastest peer is measured in one round: only the fastest one counts. */
const hopeless = 2;

async function warmUp(runners: readonly Runner[], { warmUps, sampleMs }: Effort): Promise<void> {
  for (const runner of runners) {
    // Several calls where they are short: engines compile WebAssembly again once it is hot.
    do runner.samples.push(await takeSample(runner));
    while (runner.samples.length < warmUps && Math.max(...runner.samples) < 500);
  }
  const peers = runners.filter(({ contestant }) => contestant.impl !== 'nibble');
  const fastest = Math.min(...peers.map(best));
  for (const runner of peers) if (best(runner) > hopeless * fastest) runner.rounds = 1;
  for (const runner of runners) {
    while (runner.rounds > 1 && runner.samples.length < warmUps)
      runner.samples.push(await takeSample(runner));
    runner.repeats = Math.min(100, Math.max(1, Math.round(sampleMs / best(runner))));
    runner.samples.length = 0;
  }
}

function best({ samples }: Runner): number {
  return Math.min(...samples);
}

async function takeSample(runner: Runner): Promise<number> {
  const { ms, gpu } = await runner.contestant.time(runner.entry, runner.repeats);
  runner.gpu = gpu;
  return ms;
}
