import type { Observation } from '../fit/huber-objective.ts';
import type { ParameterValues } from '../laws/parameter.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import type { ScalingRecord } from './scaling-record.ts';

/** What the quantization error is measured against. */
export type Baseline =
  /** High-precision runs of the same size and tokens. */
  | 'twins'
  /** A Chinchilla fit to the high-precision runs, where a quantized run lacks its twin. */
  | 'chinchilla'
  /** Nothing: the law gives losses, and high-precision and quantized runs are fitted together. */
  | 'joint'
  /** Nothing: the law gives losses of high-precision runs. */
  | 'none';

/** A quantized run beside the loss of its high-precision baseline. */
export interface QuantizedRun {
  readonly record: ScalingRecord;
  /** Loss of the twin or of the Chinchilla fit, nats per token. */
  readonly baselineLoss: number;
  /** Runs with the same number share a baseline, and so its noise. */
  readonly cluster: number;
}

/** Key of the runs that share a high-precision baseline. */
function cellKey({ N, D }: ScalingRecord): string {
  return `${N}/${D}`;
}

/**
 * Puts each quantized run beside its high-precision twin: the run of the same `N`, `D` and seed, else the mean of all
 * high-precision runs of the same `N` and `D`. `undefined` if a run has none.
 */
export function matchTwins(
  high: readonly ScalingRecord[],
  quantized: readonly ScalingRecord[],
): QuantizedRun[] | undefined {
  const cells = new Map<string, { readonly twins: ScalingRecord[]; hasOdd: boolean }>();
  for (const record of high) {
    const cell = cells.get(cellKey(record)) ?? { twins: [], hasOdd: false };
    cell.twins.push(record);
    cells.set(cellKey(record), cell);
  }
  const matched: { readonly record: ScalingRecord; readonly twins: readonly ScalingRecord[] }[] = [];
  for (const record of quantized) {
    const cell = cells.get(cellKey(record));
    if (cell === undefined) return undefined;
    const sameSeed = cell.twins.filter(({ seed }) => seed !== undefined && seed === record.seed);
    if (sameSeed.length === 0) cell.hasOdd = true;
    matched.push({ record, twins: sameSeed.length > 0 ? sameSeed : cell.twins });
  }
  const clusters = new Map<string, number>();
  const runs: QuantizedRun[] = matched.map(({ record, twins }) => {
    // A run without a twin of its seed has a part of the noise of all twins.
    const key = cells.get(cellKey(record))!.hasOdd ? cellKey(record) : `${cellKey(record)}/${record.seed}`;
    const cluster = clusters.get(key) ?? clusters.size;
    clusters.set(key, cluster);
    return { record, baselineLoss: twins.reduce((sum, { loss }) => sum + loss, 0) / twins.length, cluster };
  });
  return runs;
}

/** Puts each quantized run beside the prediction of a fit to the high-precision runs; each is a cluster of its own. */
export function compareWithFit(
  base: ScalingLaw,
  values: ParameterValues,
  quantized: readonly ScalingRecord[],
): QuantizedRun[] {
  return quantized.map((record, cluster) => ({
    record,
    baselineLoss: base.predict(values, { N: record.N, D: record.D }),
    cluster,
  }));
}

/** Of what the logarithm is fitted: of the quantization error itself, or of the loss that has it. */
export type LogOf = 'delta' | 'loss';

/**
 * Runs as observations of a law that predicts their quantization errors: the errors, or the losses with the baselines as
 * offsets.
 *
 * @throws RangeError if an error is not positive and its logarithm is to be fitted.
 */
export function deltaObservations(
  caller: string,
  law: ScalingLaw,
  runs: readonly QuantizedRun[],
  logOf: LogOf,
): Observation[] {
  if (logOf === 'loss') {
    return runs.map(({ record, baselineLoss }) => ({
      ...observationOf(record, record.loss),
      offset: baselineLoss,
    }));
  }
  const nonPositive = runs.filter(({ record, baselineLoss }) => record.loss <= baselineLoss);
  if (nonPositive.length > 0) {
    const { record, baselineLoss } = nonPositive[0]!;
    throw new RangeError(
      `${caller}: law ${law.name} is fitted to the logarithm of delta, which must be positive, but in ` +
        `${nonPositive.length} of ${runs.length} runs the quantized loss is not above its baseline ` +
        `(first: N ${record.N}, D ${record.D}, G ${record.G}: ${record.loss} against ${baselineLoss}); ` +
        'fit the logarithm of the loss instead (option logOf: loss), average repeated seeds (option seeds: mean), or add seeds',
    );
  }
  return runs.map(({ record, baselineLoss }) => observationOf(record, record.loss - baselineLoss));
}

/** What was observed of a run. */
export function observationOf({ N, D, G, precision, weight }: ScalingRecord, observed: number): Observation {
  return { N, D, G, precision, weight, observed };
}
