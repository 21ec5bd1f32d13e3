import type { FitProblem, FitWork, Solution } from '../fit/fit-work.ts';

/** What a worker is told. A problem is sent once, before the first piece of work on it. */
export type ToWorker =
  | { readonly type: 'problem'; readonly problemId: number; readonly problem: FitProblem }
  | { readonly type: 'work'; readonly workId: number; readonly problemId: number; readonly work: FitWork };

/** What a worker answers to a piece of work. */
export type FromWorker =
  | { readonly type: 'done'; readonly workId: number; readonly solutions: readonly Solution[] }
  | { readonly type: 'failed'; readonly workId: number; readonly message: string };
