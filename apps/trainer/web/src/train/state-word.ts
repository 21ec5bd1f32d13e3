import type { RunSummary } from '../engine/run-summary.ts';

/** What a run is doing, in a word or two. */
export function stateWord({ state }: RunSummary): string {
  switch (state.type) {
    case 'preparing':
      return 'preparing';
    case 'training':
      return 'training';
    case 'finishing':
      return 'evaluating';
    case 'paused':
      return 'paused';
    case 'done':
      return 'done';
    case 'failed':
      return 'stopped by an error';
    case 'elsewhere':
      return 'in another tab';
  }
}
