import type { Effort } from './contest/run-contest.ts';
import { summarize } from './statistics.ts';
import type { Summary } from './statistics.ts';

/**
 * Times functions of this process: each is warmed up, then in every round each is called until it has lasted
 * `effort.sampleMs`, starting with another one each time. Milliseconds of a call, in the order of `calls`.
 */
export function timeInTurns(calls: readonly (() => unknown)[], effort: Effort): Summary[] {
  const runners = calls.map((call) => {
    const first = millisecondsOf(call, 1);
    const again = Math.max(1, Math.min(10_000, Math.round(effort.sampleMs / first)));
    const warmUps = Array.from({ length: effort.warmUps }, () => millisecondsOf(call, again));
    const repeats = Math.max(1, Math.min(10_000, Math.round(effort.sampleMs / Math.min(...warmUps))));
    return { call, repeats, samples: [] as number[] };
  });
  for (let round = 0; round < effort.rounds; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      const { call, repeats, samples } = runners[(turn + round) % runners.length]!;
      samples.push(millisecondsOf(call, repeats));
    }
  }
  return runners.map(({ samples }) => summarize(samples));
}

/** Milliseconds of one of several calls in a row. */
function millisecondsOf(call: () => unknown, repeats: number): number {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) call();
  return (performance.now() - start) / repeats;
}
