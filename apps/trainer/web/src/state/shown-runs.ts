import type { RunId } from '../engine/run-summary.ts';
import { keep, readKept } from './kept.ts';

const KEY = 'nibble-lab-shown';

/** The runs whose curves were shown when the page was last used. */
export function readShownRuns(): ReadonlySet<RunId> {
  return new Set(readKept(KEY)?.split('\n'));
}

/** Remembers the runs whose curves are shown. */
export function writeShownRuns(runs: readonly RunId[]): void {
  keep(KEY, runs.join('\n'));
}
