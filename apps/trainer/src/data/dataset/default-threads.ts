import { availableParallelism } from 'node:os';

/**
 * Threads for tokenizing when nobody says how many: one for each core and at most four, each of which takes some 60 MB
 * and 10 to 20 MB of text a second.
 */
export function defaultThreads(): number {
  return Math.min(4, availableParallelism());
}
