import { availableParallelism } from 'node:os';
import {
  chinchilla,
  diagnoseFit,
  fitLaw,
  fitLawInWorkers,
  isoflopBias,
  isoflopFit,
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
  ScalingRecord,
} from '@nibble-ml/scaling-law';
import { nodeFitWorker } from '@nibble-ml/scaling-law/node';
import { numberIn } from '../commands/options.ts';
import { comparedLaws, fitOptionsOf, lawOf } from './fit-options.ts';
import type { FitFlags } from './fit-options.ts';

/** Everything that `nibble fit` finds out. */
export interface FitOutcome {
  readonly fit: FitResult;
  readonly diagnostics: readonly RunDiagnostics[];
  readonly comparison?: readonly ComparedLaw[];
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
 * Fits what the flags ask for, in worker threads.
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
  const fitted: FitResult[] = [];
  for (const one of [law, ...comparedLaws(flags, law, records)]) {
    // The rivals are judged by their errors and criteria, which need no intervals.
    const resamples = one === law ? options.resamples! : 0;
    fitted.push(
      await fitLawInWorkers(one, records, {
        ...options,
        resamples,
        workers,
        createWorker: nodeFitWorker,
        signal,
        onProgress: (progress) => onProgress(one.name, progress),
      }),
    );
  }
  const fit = fitted[0]!;
  return {
    fit,
    diagnostics: diagnoseFit(fit, records, options),
    ...(flags.compare === undefined ? {} : { comparison: rankFits(fitted) }),
    ...(flags.validate === true ? { validation: leaveOneSizeOut(fit, records, options) } : {}),
    ...(flags.isoflop === true ? isoflopOf(fit, records) : {}),
  };
}

function isoflopOf(
  fit: FitResult,
  records: readonly ScalingRecord[],
): { isoflop: IsoflopFit; isoflopBias: IsoflopBias } {
  const isoflop = isoflopFit(records);
  const law = fit.law === chinchilla.name ? fit : fitLaw(chinchilla, records, { resamples: 0 });
  const high = records.filter(({ G }) => G === undefined);
  return { isoflop, isoflopBias: isoflopBias(valuesOf(law) as ChinchillaParameters, high) };
}
