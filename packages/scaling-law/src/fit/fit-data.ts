import { averageSeeds } from '../data/average-seeds.ts';
import { compareWithFit, deltaObservations, matchTwins, observationOf } from '../data/observations.ts';
import type { Baseline, LogOf, QuantizedRun } from '../data/observations.ts';
import { assertRecord } from '../data/scaling-record.ts';
import type { ScalingRecord } from '../data/scaling-record.ts';
import { splitByPrecision } from '../data/select-precision.ts';
import type { SplitRecords } from '../data/select-precision.ts';
import { chinchilla } from '../laws/chinchilla.ts';
import { withLevels } from '../laws/define-law.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import type { ParameterValues } from '../laws/parameter.ts';
import { isHighPrecision } from '../laws/precision-bits.ts';
import type { Observation } from './huber-objective.ts';
import { assertEnoughSpread, UnidentifiableError } from './identifiability.ts';

/** What a law is fitted to, and what its predictions are compared with. */
export interface FitData {
  /** The law with parameters for the precisions and group sizes in the data. */
  readonly law: ScalingLaw;
  readonly observations: readonly Observation[];
  /** The run of each observation. */
  readonly records: readonly ScalingRecord[];
  /** Loss of the high-precision baseline of each observation; `undefined` where it has none. */
  readonly baselineLosses: readonly (number | undefined)[];
  readonly baseline: Baseline;
  /** Quantized precisions among the fitted runs. */
  readonly precisions: readonly string[];
  /** Observation indices of each bootstrap cluster, by stratum. */
  readonly strata: readonly (readonly (readonly number[])[])[];
}

/** What {@link selectFitData} needs to know beside the records. */
export interface FitDataOptions {
  readonly precision: string | undefined;
  readonly seeds: 'each' | 'mean';
  readonly logOf: LogOf;
}

/**
 * Chooses the records that a law describes, and turns them into observations. Yields the high-precision records where
 * a law has to be fitted to them, to stand in for missing twins, and is sent the values.
 *
 * @throws RangeError if a record is invalid, or the precision is not clear.
 * @throws UnidentifiableError if the kind of run that the law describes is missing.
 */
export function* selectFitData(
  law: ScalingLaw,
  all: readonly ScalingRecord[],
  { precision, seeds, logOf }: FitDataOptions,
): Generator<readonly ScalingRecord[], FitData, ParameterValues> {
  all.forEach((record, index) => assertRecord('fitLaw', record, index));
  const records = seeds === 'mean' ? averageSeeds(all) : all;
  if (!law.describesQuantized && law.predicts === 'loss') return highPrecisionData(law, records);

  const hasBits = law.inputs.some((input) => input.startsWith('P'));
  const several = law.levelKinds.has('precision') || hasBits;
  const split = splitByPrecision('fitLaw', records, precision, several);
  if (split.quantized.length === 0) {
    throw new UnidentifiableError(
      `fitLaw: law ${law.name} describes quantized runs, but all ${records.length} records are in high precision; ` +
        'add runs of a precision such as w4a4',
    );
  }
  const bound = withLevels(law, {
    precision: split.precisions,
    G: [...new Set(split.quantized.map(({ G }) => G!))].toSorted((a, b) => a - b),
  });
  const twins = matchTwins(split.high, split.quantized);
  if (law.predicts === 'loss') return jointData(bound, split, twins, hasBits);

  const runs = twins ?? compareWithFit(chinchilla, yield* highPrecisionFit(law, split.high), split.quantized);
  return {
    law: bound,
    observations: deltaObservations('fitLaw', bound, runs, logOf),
    records: split.quantized,
    baselineLosses: runs.map(({ baselineLoss }) => baselineLoss),
    baseline: twins === undefined ? 'chinchilla' : 'twins',
    precisions: split.precisions,
    strata: [clustersOf(runs)],
  };
}

const lossObservation = (record: ScalingRecord): Observation => observationOf(record, record.loss);

function highPrecisionData(law: ScalingLaw, records: readonly ScalingRecord[]): FitData {
  const high = records.filter(({ precision }) => isHighPrecision(precision));
  if (high.length === 0) {
    throw new UnidentifiableError(
      `fitLaw: law ${law.name} describes high-precision runs, but none of the ${records.length} records is one; ` +
        'add f32 or bf16 runs',
    );
  }
  return {
    law,
    observations: high.map(lossObservation),
    records: high,
    baselineLosses: high.map(() => undefined),
    baseline: 'none',
    precisions: [],
    strata: [high.map((_, i) => [i])],
  };
}

function jointData(
  law: ScalingLaw,
  { high, quantized, precisions }: SplitRecords,
  twins: readonly QuantizedRun[] | undefined,
  hasBits: boolean,
): FitData {
  if (high.length === 0 && !hasBits) {
    throw new UnidentifiableError(
      `fitLaw: law ${law.name} needs high-precision runs to tell the quantization error from the irreducible ` +
        'loss, but the data have none; add f32 or bf16 runs',
    );
  }
  const records = [...high, ...quantized];
  return {
    law,
    observations: records.map(lossObservation),
    records,
    baselineLosses: [...high.map(() => undefined), ...quantized.map((_, i) => twins?.[i]?.baselineLoss)],
    baseline: 'joint',
    precisions,
    strata: jointStrata(records),
  };
}

/**
 * Runs of one N, D and seed share their weights at the start and their batches, and so their noise: they are drawn together.
 * Clusters without a high-precision run are drawn apart from the others, so that no resample is without one.
 */
function jointStrata(records: readonly ScalingRecord[]): number[][][] {
  const clusters = new Map<string, number[]>();
  records.forEach(({ N, D, seed }, i) => {
    const key = seed === undefined ? `${i}` : `${N}/${D}/${seed}`;
    clusters.set(key, [...(clusters.get(key) ?? []), i]);
  });
  const isHigh = (cluster: readonly number[]): boolean =>
    cluster.some((i) => isHighPrecision(records[i]!.precision));
  const all = [...clusters.values()];
  return [all.filter(isHigh), all.filter((cluster) => !isHigh(cluster))].filter(({ length }) => length > 0);
}

function* highPrecisionFit(
  law: ScalingLaw,
  high: readonly ScalingRecord[],
): Generator<readonly ScalingRecord[], ParameterValues, ParameterValues> {
  try {
    assertEnoughSpread('fitLaw', chinchilla, high);
    return yield high;
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
