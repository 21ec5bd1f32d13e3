import { chinchilla } from './chinchilla.ts';
import type { ChinchillaParameters } from './chinchilla.ts';
import type { Observation } from './huber-objective.ts';
import { assertEnoughSpread, UnidentifiableError } from './identifiability.ts';
import { compareWithFit, deltaObservations, matchTwins, splitByPrecision } from './observations.ts';
import type { Baseline, QuantizedRun } from './observations.ts';
import type { ParameterValues } from './parameter.ts';
import type { ScalingLaw } from './power-law.ts';
import { assertRecord, isHighPrecision } from './scaling-record.ts';
import type { ScalingRecord } from './scaling-record.ts';

/** What a law is fitted to, and what its predictions are compared with. */
export interface FitData {
  readonly observations: readonly Observation[];
  readonly baseline: Baseline;
  readonly precision: string | undefined;
  /** High-precision runs among the fitted ones. */
  readonly high: readonly ScalingRecord[];
  /** Quantized runs with their baselines; those of a joint law without twins have none. */
  readonly quantized: readonly ScalingRecord[];
  readonly runs: readonly QuantizedRun[] | undefined;
  /** Observation indices of each bootstrap cluster, by stratum. */
  readonly strata: readonly (readonly (readonly number[])[])[];
}

/** Fits the high-precision law that stands in for missing twins. */
export type FitBase = (law: ScalingLaw, high: readonly ScalingRecord[]) => ParameterValues;

/**
 * Chooses the records that a law describes, and turns them into observations.
 *
 * @throws RangeError if a record is invalid, or the precision is not clear.
 * @throws UnidentifiableError if the kind of run that the law describes is missing.
 */
export function selectFitData(
  law: ScalingLaw,
  records: readonly ScalingRecord[],
  wanted: string | undefined,
  fitBase: FitBase,
): FitData {
  records.forEach((record, index) => assertRecord('fitLaw', record, index));
  const usesG = law.predicts === 'delta' || law.terms.some(hasGroupSize);
  if (!usesG) return highPrecisionData(law, records);

  const { high, quantized, precision } = splitByPrecision('fitLaw', records, wanted);
  if (quantized.length === 0) {
    throw new UnidentifiableError(
      `fitLaw: law ${law.name} describes quantized runs, but all ${records.length} records are in high precision; ` +
        'add runs of a precision such as w4a4',
    );
  }
  const twins = matchTwins(high, quantized);
  if (law.predicts === 'loss') {
    if (high.length === 0) {
      throw new UnidentifiableError(
        `fitLaw: law ${law.name} needs high-precision runs to tell the quantization error from the irreducible ` +
          'loss, but the data have none; add f32 or bf16 runs',
      );
    }
    return {
      observations: [...high, ...quantized].map(lossObservation),
      baseline: 'joint',
      precision,
      high,
      quantized,
      runs: twins,
      // Apart, so that no resample is without high-precision runs.
      strata: [high.map((_, i) => [i]), quantized.map((_, i) => [high.length + i])],
    };
  }

  const runs = twins ?? compareWithFit(baseParameters(law, high, fitBase), quantized);
  return {
    observations: deltaObservations('fitLaw', law, runs),
    baseline: twins === undefined ? 'chinchilla' : 'twins',
    precision,
    high: [],
    quantized,
    runs,
    strata: [clustersOf(runs)],
  };
}

function hasGroupSize(term: ScalingLaw['terms'][number]): boolean {
  return term.factors.some(({ input }) => input === 'log2G');
}

function lossObservation({ N, D, G, loss }: ScalingRecord): Observation {
  return { N, D, G, observed: loss };
}

function highPrecisionData(law: ScalingLaw, records: readonly ScalingRecord[]): FitData {
  const high = records.filter(({ precision }) => isHighPrecision(precision));
  if (high.length === 0) {
    throw new UnidentifiableError(
      `fitLaw: law ${law.name} describes high-precision runs, but none of the ${records.length} records is one; ` +
        'add f32 or bf16 runs',
    );
  }
  return {
    observations: high.map(lossObservation),
    baseline: 'none',
    precision: undefined,
    high,
    quantized: [],
    runs: undefined,
    strata: [high.map((_, i) => [i])],
  };
}

function baseParameters(
  law: ScalingLaw,
  high: readonly ScalingRecord[],
  fitBase: FitBase,
): ChinchillaParameters {
  try {
    assertEnoughSpread('fitLaw', chinchilla, high);
    return fitBase(chinchilla, high) as ChinchillaParameters;
  } catch (error) {
    if (!(error instanceof UnidentifiableError)) throw error;
    throw new UnidentifiableError(
      `fitLaw: law ${law.name} needs a high-precision twin (same N and D) of each quantized run, or enough ` +
        `high-precision runs for a Chinchilla fit, but the data have neither; add the twins [${error.message}]`,
      { cause: error },
    );
  }
}

function clustersOf(runs: readonly QuantizedRun[]): number[][] {
  const clusters = new Map<number, number[]>();
  runs.forEach(({ cluster }, index) => {
    const members = clusters.get(cluster) ?? [];
    members.push(index);
    clusters.set(cluster, members);
  });
  return [...clusters.values()];
}
