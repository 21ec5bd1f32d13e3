import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { fitLawInWorkers, lawNamed, webFitWorker } from '@nibble-ml/scaling-law';
import type { FitProgress, FitResult, FitWorker, LogOf } from '@nibble-ml/scaling-law';
import { trainedData } from './example-data.ts';
import { dataOfCsv, quantizedPrecisions, usualLaw } from './scaling-data.ts';
import type { ScalingData } from './scaling-data.ts';

/** Refits for the intervals. */
const RESAMPLES = 1000;
const MOST_WORKERS = 4;

/** What a fit is doing. */
export type FitState =
  | { readonly type: 'fitting'; readonly progress: FitProgress | undefined }
  | { readonly type: 'done'; readonly fit: FitResult; readonly data: ScalingData }
  | { readonly type: 'failed'; readonly message: string };

/** The runs that are fitted. */
export const data: Signal<ScalingData> = signal(trainedData());
/** Name of the law. */
export const lawName: Signal<string> = signal(usualLaw(data.value));
/** The quantized precision that a law of one precision is fitted to. */
export const precision: Signal<string | undefined> = signal(quantizedPrecisions(data.value)[0]);
/**
 * Of what the logarithm is fitted where the law gives δ: noise is on losses, and of small models a loss may well be below
 * that of its twin.
 */
export const logOf: Signal<LogOf> = signal('loss');
/** The fit; undefined before the first. */
export const fitState: Signal<FitState | undefined> = signal(undefined);

/** Why the last file could not be read; its runs were not taken, and the fit of those that are there stays. */
export const fileError: Signal<string | undefined> = signal(undefined);

let under: AbortController | undefined;

/** Takes other runs, and fits the law that is usual for them. */
export function takeData(next: ScalingData): void {
  fileError.value = undefined;
  data.value = next;
  lawName.value = usualLaw(next);
  precision.value = quantizedPrecisions(next)[0];
  void refit();
}

/** Takes the runs of a file; one that cannot be read leaves the others and says why. */
export async function takeFile(file: File): Promise<void> {
  try {
    takeData(dataOfCsv(file.name, await file.text()));
  } catch (error) {
    fileError.value = `${file.name}: ${(error as Error).message}`;
  }
}

/** Fits the law to the runs in workers, in place of a fit under way. */
export async function refit(): Promise<void> {
  under?.abort();
  const controller = new AbortController();
  under = controller;
  const now = data.peek();
  fitState.value = { type: 'fitting', progress: undefined };
  try {
    const law = lawNamed(lawName.peek(), now.records);
    const of = law.levelKinds.has('precision') ? undefined : precision.peek();
    const fit = await fitLawInWorkers(law, now.records, {
      createWorker,
      workers: Math.min(MOST_WORKERS, navigator.hardwareConcurrency),
      resamples: RESAMPLES,
      logOf: logOf.peek(),
      signal: controller.signal,
      ...(of === undefined || !law.describesQuantized ? {} : { precision: of }),
      onProgress: (progress) => {
        if (!controller.signal.aborted) fitState.value = { type: 'fitting', progress };
      },
    });
    if (!controller.signal.aborted) fitState.value = { type: 'done', fit, data: now };
  } catch (error) {
    if (!controller.signal.aborted) fitState.value = { type: 'failed', message: (error as Error).message };
  }
}

function createWorker(): FitWorker {
  return webFitWorker(
    new Worker(new URL('./fit-worker.ts', import.meta.url), { type: 'module', name: 'fit' }),
  );
}
