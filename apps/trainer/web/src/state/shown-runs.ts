import type { RunId } from '../engine/run-summary.ts';

const KEY = 'nibble-lab-shown';

/** The runs whose curves were shown when the page was last used; undefined on the first visit. */
export function readShownRuns(): ReadonlySet<RunId> | undefined {
  const text = localStorage.getItem(KEY);
  return text === null ? undefined : new Set(text.split('\n'));
}

/** Remembers the runs whose curves are shown. */
export function writeShownRuns(runs: readonly RunId[]): void {
  localStorage.setItem(KEY, runs.join('\n'));
}
