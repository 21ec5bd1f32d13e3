import type { SweepPlan } from './plan-sweep.ts';

/** A sweep as an array of tasks on a cluster, one for each run. */
export interface ArrayJob {
  readonly plan: SweepPlan;
  /** The sweep's file, as the command names it. */
  readonly file: string;
  /** The folder of the runs, which all tasks share. */
  readonly runsDir: string;
  /** Tasks at once. */
  readonly jobs: number;
}

/** Quotes a word for a POSIX shell where it needs it. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
