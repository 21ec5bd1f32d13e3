import { describe, expect, it } from 'vitest';
import { gridPoints, simulateRecords } from '../data/simulate-records.ts';
import { fitLaw } from '../fit/fit-law.ts';
import type { FitResult } from '../fit/fit-result.ts';
import { chinchilla } from '../laws/chinchilla.ts';
import { chinchillaConstants, qatDeltaConstants } from '../laws/published.ts';
import { qatDelta } from '../laws/qat-law.ts';
import { fitLawInWorkers } from './fit-law-in-workers.ts';
import type { FitProgress } from './fit-law-in-workers.ts';
import { webFitWorker } from './fit-worker.ts';
import { nodeFitWorker } from './node-fit-worker.ts';
import { serveFits } from './web-worker.ts';

const base = chinchillaConstants.qat;
const points = gridPoints([1e8, 2e8, 4e8, 8e8], [1e10, 3e10, 9e10], [undefined, 32, 256]);
const records = simulateRecords(points, { base, delta: qatDeltaConstants.w4a4, noise: 0.0005, seed: 3 });

/** A fit without its times, which differ from run to run. */
function timeless(fit: FitResult): unknown {
  return { ...fit, milliseconds: 0, bootstrap: { ...fit.bootstrap, milliseconds: 0 } };
}

describe('fitLawInWorkers', () => {
  it('gives the result of fitLaw to the bit, with any number of workers', async () => {
    const options = { resamples: 230, intervals: 'bca', seed: 5 } as const;
    const expected = timeless(fitLaw(qatDelta, records, options));
    for (const workers of [1, 3]) {
      const found = await fitLawInWorkers(qatDelta, records, {
        ...options,
        workers,
        createWorker: nodeFitWorker,
      });
      expect(timeless(found)).toEqual(expected);
    }
  });

  it('tells its progress, each phase up to its end', async () => {
    const seen: FitProgress[] = [];
    await fitLawInWorkers(chinchilla, records, {
      createWorker: nodeFitWorker,
      resamples: 200,
      intervals: 'percentile',
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen.filter(({ phase }) => phase === 'bootstrap').map(({ done }) => done)).toEqual([1, 2, 3, 4]);
    expect(
      seen.filter(({ phase, done, total }) => phase === 'search' && done === total).length,
    ).toBeGreaterThan(1);
  });

  it('ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const fit = fitLawInWorkers(chinchilla, records, {
      createWorker: nodeFitWorker,
      resamples: 1_000_000,
      signal: controller.signal,
      onProgress: ({ phase }) => {
        if (phase === 'bootstrap') controller.abort(new Error('enough'));
      },
    });
    await expect(fit).rejects.toThrow('enough');
    await expect(
      fitLawInWorkers(chinchilla, records, { createWorker: nodeFitWorker, signal: controller.signal }),
    ).rejects.toThrow('enough');
  });

  it('refuses before it starts a worker', async () => {
    let made = 0;
    const createWorker = (): never => {
      made += 1;
      throw new Error('no worker');
    };
    await expect(fitLawInWorkers(chinchilla, records.slice(0, 3), { createWorker })).rejects.toThrow(
      /needs at least 3 different/,
    );
    await expect(fitLawInWorkers(chinchilla, records, { createWorker, workers: 0 })).rejects.toThrow(/got 0/);
    expect(made).toBe(0);
  });

  it('runs on workers that speak as those of a browser do', async () => {
    const createWorker = (): ReturnType<typeof webFitWorker> => {
      type Listener = (event: { readonly data: unknown }) => void;
      const answers: Listener[] = [];
      const tasks: Listener[] = [];
      serveFits({
        postMessage: (message) =>
          queueMicrotask(() => {
            for (const listen of answers) listen({ data: structuredClone(message) });
          }),
        addEventListener: (_type, listener) => void tasks.push(listener),
      });
      return webFitWorker({
        postMessage: (message) => {
          for (const listen of tasks) listen({ data: structuredClone(message) });
        },
        addEventListener(type: string, listener: unknown): void {
          if (type === 'message') answers.push(listener as Listener);
        },
        terminate: () => {},
      });
    };
    const found = await fitLawInWorkers(chinchilla, records, { createWorker, resamples: 60 });
    expect(timeless(found)).toEqual(timeless(fitLaw(chinchilla, records, { resamples: 60 })));
  });

  it('is rejected when a worker breaks', async () => {
    const fit = fitLawInWorkers(chinchilla, records, {
      createWorker: () => ({
        post: () => {},
        listen: (_, onError) => void setTimeout(() => onError(new Error('out of memory')), 1),
        terminate: () => {},
      }),
    });
    await expect(fit).rejects.toThrow('out of memory');
  });
});
