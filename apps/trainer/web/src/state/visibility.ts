import { effect, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { Lab } from './lab.ts';
import type { LabRun } from './lab-run.ts';

const KEY = 'nibble-lab-when-hidden';

/** Whether training goes on while the tab is hidden; kept over reloads. */
export const goesOnHidden: Signal<boolean> = signal(localStorage.getItem(KEY) !== 'pause');

/** Saves what is under way when the page goes away, and pauses it while the page is hidden, if the visitor says so. */
export function watchVisibility(lab: Lab): void {
  let paused: readonly LabRun[] = [];
  effect(() => {
    localStorage.setItem(KEY, goesOnHidden.value ? 'go-on' : 'pause');
  });
  window.addEventListener('pagehide', () => void lab.pauseAll());
  document.addEventListener('visibilitychange', async () => {
    if (document.visibilityState === 'hidden') {
      if (!goesOnHidden.peek()) paused = await lab.pauseAll();
      return;
    }
    const runs = paused;
    paused = [];
    for (const run of runs) await lab.resume(run);
    if (runs.length > 0) lab.tell({ tone: 'info', text: 'Training was paused while this tab was hidden.' });
  });
}
