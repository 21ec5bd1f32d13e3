import { effect, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { keep, readKept } from './kept.ts';
import type { Lab } from './lab.ts';
import { canGoOn } from './lab-run.ts';
import type { LabRun } from './lab-run.ts';

const KEY = 'nibble-lab-when-hidden';

/** Whether training goes on while the tab is hidden; kept over reloads. */
export const goesOnHidden: Signal<boolean> = signal(readKept(KEY) !== 'pause');

/** Saves what is under way when the page goes away, and pauses it while the page is hidden, if the visitor says so. */
export function watchVisibility(lab: Lab): void {
  const paused = new Set<LabRun>();
  effect(() => {
    keep(KEY, goesOnHidden.value ? 'go-on' : 'pause');
  });
  window.addEventListener('pagehide', () => void lab.pauseAll());
  const follow = async (): Promise<void> => {
    if (document.visibilityState === 'hidden') {
      if (!goesOnHidden.peek()) for (const run of await lab.pauseAll()) paused.add(run);
      return;
    }
    const runs = [...paused].filter(({ summary }) => canGoOn(summary.peek()));
    paused.clear();
    for (const run of runs) await lab.resume(run);
    if (runs.length > 0) lab.tell({ tone: 'info', text: 'Training was paused while this tab was hidden.' });
  };
  // One after the other: tabs are switched faster than runs are paused.
  let followed = Promise.resolve();
  document.addEventListener('visibilitychange', () => {
    followed = followed.then(follow);
  });
}
