import type { RunId } from '../run-summary.ts';
import { lockRun } from './run-lock.ts';
import { deleteStoredRun, findStoredRun } from './stored-run.ts';

/** Removes what a crash has left of a run that was being made or deleted; not one that a tab is making, which has its lock. */
export async function removeUnfinished(id: RunId): Promise<void> {
  const unlock = await lockRun(id).catch(() => undefined);
  if (unlock === undefined) return;
  try {
    // It may have been finished before this tab had the lock.
    if ((await findStoredRun(id)) === undefined) await deleteStoredRun(id);
  } finally {
    unlock();
  }
}
