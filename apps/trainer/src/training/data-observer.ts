import type { TokenizeObserver } from '../data/dataset/tokenize-observer.ts';
import type { TrainObserver } from './train-observer.ts';

/** Milliseconds between two lines about the same work. */
const lineEvery = 10_000;

const words = {
  survey: 'reading the documents',
  vocabulary: 'training a vocabulary',
  tokenize: 'tokenizing',
} as const;

/** Tells a training run's observer how its data is made ready: a line every ten seconds. */
export function dataObserver(observer: Pick<TrainObserver, 'note'>): TokenizeObserver {
  let last = performance.now();
  return {
    note: (text) => observer.note(text),
    progress(phase, done, total) {
      if (performance.now() - last < lineEvery) return;
      last = performance.now();
      observer.note(`${words[phase]}: ${Math.floor((100 * done) / total)} %`);
    },
  };
}
