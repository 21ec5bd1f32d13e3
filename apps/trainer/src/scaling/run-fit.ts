import { availableParallelism } from 'node:os';
import {
  chinchilla,
  diagnoseFit,
  fitLaw,
  fitLawInWorkers,
  isoflopBias,
  isoflopFit,
  lawNamed,
  leaveOneSizeOut,
  rankFits,
  valuesOf,
} from '@nibble-ml/scaling-law';
import type {
  ChinchillaParameters,
  ComparedLaw,
  FitProgress,
  FitResult,
  HeldOutSize,
  IsoflopBias,
  IsoflopFit,
  RunDiagnostics,
  ScalingLaw,
  ScalingRecord,
  UnfittedLaw,
} from '@nibble-ml/scaling-law';
import { nodeFitWorker } from '@nibble-ml/scaling-law/node';
import { numberIn } from '../commands/options.ts';
import { comparedLaws, fitOptionsOf, lawOf } from './fit-options.ts';
import type { FitFlags } from './fit-options.ts';

/** Everything that `nibble fit` finds out. */
export interface FitOutcome {
  readonly fit: FitResult;
  readonly diagnostics: readonly RunDiagnostics[];
  /** With the laws that these runs could not be fitted with, last. */
  readonly comparison?: readonly (ComparedLaw | UnfittedLaw)[];
  readonly validation?: readonly HeldOutSize[];
  readonly isoflop?: IsoflopFit;
  /** How wrong approach 2 would be on these sizes and tokens if Chinchilla's law held exactly. */
  readonly isoflopBias?: IsoflopBias;
}

/** How `runFit` reports and ends. */
export interface FitControl {
  readonly onProgress: (law: string, progress: FitProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Fits what the flags ask for, in worker threads. A law of `--compare` that cannot be fitted does not end the others.
 *
 * @throws RangeError and UnidentifiableError as the fit; the signal's reason when aborted
 */
export async function runFit(
  flags: FitFlags,
  records: readonly ScalingRecord[],
  { onProgress, signal }: FitControl,
): Promise<FitOutcome> {
  const options = fitOptionsOf(flags);
  const law = lawOf(flags, records);
  const workers =
    flags.workers === undefined
      ? Math.min(8, availableParallelism())
      : numberIn('--workers', flags.workers, [1, 256], true);
  const fitOne = (one: ScalingLaw, resamples: number): Promise<FitResult> =>
    fitLawInWorkers(one, records, {
      ...options,
      resamples,
      workers,
      createWorker: nodeFitWorker,
      signal,
      onProgress: (progress) => onProgress(one.name, progress),
    });
  const rivals = comparedLaws(flags, law);
  // Before the long fit: it may be refused.
  const isoflop = flags.isoflop === true ? isoflopFit(records) : undefined;
  const fit = await fitOne(law, options.resamples!);
  const fitted = [fit];
  const unfitted: UnfittedLaw[] = [];
  for (const name of rivals) {
    try {
      // Rivals are judged by their errors and criteria, which need no intervals.
      fitted.push(await fitOne(lawNamed(name, records), 0));
    } catch (error) {
      // What the runs lack for a law is a RangeError; an abort and what is broken are others.
      if (!(error instanceof RangeError)) throw error;
      unfitted.push({ law: name, notFitted: error.message });
    }
  }
  return {
    fit,
    diagnostics: diagnoseFit(fit, records, options),
    ...(flags.compare === undefined ? {} : { comparison: [...rankFits(fitted), ...unfitted] }),
    ...(flags.validate === true ? { validation: leaveOneSizeOut(fit, records, options) } : {}),
    ...(isoflop === undefined ? {} : { isoflop, isoflopBias: isoflopBiasOf(fit, records) }),
  };
}

function isoflopBiasOf(fit: FitResult, records: readonly ScalingRecord[]): IsoflopBias {
  const law = fit.law === chinchilla.name ? fit : fitLaw(chinchilla, records, { resamples: 0 });
  const high = records.filter(({ G }) => G === undefined);
  return isoflopBias(valuesOf(law) as ChinchillaParameters, high);
}
