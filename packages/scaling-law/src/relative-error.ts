import type { FitData } from './fit-data.ts';
import type { ParameterValues } from './parameter.ts';
import type { ScalingPoint } from './point.ts';
import type { ScalingLaw } from './power-law.ts';

/** Mean relative errors of a fit. */
export interface RelativeErrors {
  readonly relativeErrorOnDelta: number | null;
  readonly relativeErrorOnLoss: number;
}

/**
 * Mean of `|predicted − observed| / observed`, of the quantization errors (the measure of arXiv 2505.14302, Table 2)
 * and of the losses. A law of losses gives the error as its prediction less that for the same point in high
 * precision; where its quantized runs have no twins, the observed error is the loss less the latter.
 */
export function relativeErrors(law: ScalingLaw, values: ParameterValues, data: FitData): RelativeErrors {
  const baseOf = ({ N, D }: ScalingPoint): number => law.predict(values, { N, D });
  const deltaErrors: number[] = [];
  const lossErrors = data.high.map(({ N, D, loss }) => relative(baseOf({ N, D }), loss));
  data.quantized.forEach(({ N, D, G, loss }, index) => {
    const predicted = law.predict(values, { N, D, G });
    const twinLoss = data.runs?.[index]?.baselineLoss;
    const isDelta = law.predicts === 'delta';
    const delta = isDelta ? predicted : predicted - baseOf({ N, D });
    lossErrors.push(relative(isDelta ? twinLoss! + predicted : predicted, loss));
    deltaErrors.push(relative(delta, loss - (twinLoss ?? baseOf({ N, D }))));
  });
  return {
    relativeErrorOnDelta: deltaErrors.length === 0 ? null : mean(deltaErrors),
    relativeErrorOnLoss: mean(lossErrors),
  };
}

function relative(predicted: number, observed: number): number {
  return Math.abs((predicted - observed) / observed);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
