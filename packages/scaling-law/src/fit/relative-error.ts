import type { ParameterValues } from '../laws/parameter.ts';
import type { FitData } from './fit-data.ts';

/** Mean relative errors of a fit. */
export interface RelativeErrors {
  readonly relativeErrorOnDelta: number | null;
  readonly relativeErrorOnLoss: number;
}

/** What a fit gives for one run, nats per token, beside what was observed; no delta for high-precision runs. */
export interface RunComparison {
  readonly loss: { readonly predicted: number; readonly observed: number };
  readonly delta: { readonly predicted: number; readonly observed: number } | undefined;
}

/**
 * Predictions beside observations. A law of losses gives the quantization error as its prediction less that for the
 * same point in high precision; where its quantized runs have no twins, the observed error is the loss less the latter.
 */
export function compareRuns(
  { law, records, baselineLosses }: FitData,
  values: ParameterValues,
): RunComparison[] {
  return records.map((record, i) => {
    const { N, D, G, loss } = record;
    const predicted = law.predict(values, record);
    if (G === undefined) return { loss: { predicted, observed: loss }, delta: undefined };
    if (law.predicts === 'delta') {
      const base = baselineLosses[i]!;
      return {
        loss: { predicted: base + predicted, observed: loss },
        delta: { predicted, observed: loss - base },
      };
    }
    const base = law.predict(values, { N, D, precision: 'bf16' });
    return {
      loss: { predicted, observed: loss },
      delta: { predicted: predicted - base, observed: loss - (baselineLosses[i] ?? base) },
    };
  });
}

/**
 * Mean of `|predicted − observed| / observed`, of the quantization errors (the measure of arXiv 2505.14302, Table 2)
 * and of the losses. Runs whose observed error is not positive, which noise can do, are left out of the former.
 */
export function relativeErrors(comparisons: readonly RunComparison[]): RelativeErrors {
  const deltas = comparisons.flatMap(({ delta }) => (delta && delta.observed > 0 ? [relative(delta)] : []));
  return {
    relativeErrorOnDelta: deltas.length === 0 ? null : mean(deltas),
    relativeErrorOnLoss: mean(comparisons.map(({ loss }) => relative(loss))),
  };
}

function relative({ predicted, observed }: { predicted: number; observed: number }): number {
  return Math.abs((predicted - observed) / observed);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
