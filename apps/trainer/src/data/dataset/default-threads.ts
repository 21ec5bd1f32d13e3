import { availableParallelism } from 'node:os';

/** Threads for tokenizing when nobody says how many: one for each core, and no more than one thread can feed. */
export function defaultThreads(): number {
  return Math.min(8, availableParallelism());
}
