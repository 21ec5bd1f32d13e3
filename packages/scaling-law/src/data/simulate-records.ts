import type { ChinchillaParameters } from '../laws/chinchilla.ts';
import { withLevels } from '../laws/define-law.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import type { ParameterValues } from '../laws/parameter.ts';
import type { ScalingPoint } from '../laws/point.ts';
import type { QatDeltaParameters } from '../laws/qat-law.ts';
import { predictLoss } from '../predict/predict.ts';
import { createRandom } from '../statistics/random.ts';
import type { ScalingRecord } from './scaling-record.ts';

/** What {@link simulateRecords} draws from. */
export interface SimulationOptions {
  /** The high-precision law. */
  readonly base: ChinchillaParameters;
  /** The law of the quantization error; needed if a point has a `G`. */
  readonly delta?: QatDeltaParameters;
  /** Name of the precision of the points with a `G`. Default `w4a4`. */
  readonly precision?: string;
  /** Standard deviation of the logarithm of the loss: 0.003 is 0.3 %. Default 0. */
  readonly noise?: number;
  /** Seed of the noise, an integer from 0 to 2^32 − 1. Default 0. */
  readonly seed?: number;
}

/**
 * Runs as the laws would have them, with log-normal noise on the loss: data on which a fit can be tested.
 *
 * @throws RangeError if a point has `G` and `delta` is missing, an input or a parameter is out of its range, or the seed is
 *   no integer from 0 to 2^32 − 1.
 */
export function simulateRecords(
  points: readonly ScalingPoint[],
  options: SimulationOptions,
): ScalingRecord[] {
  const { base, delta, precision = 'w4a4', noise = 0, seed = 0 } = options;
  const random = createRandom(seed);
  return points.map((point) => {
    const quantized = point.G !== undefined;
    const loss = predictLoss(point, base, quantized ? delta : undefined) * Math.exp(noise * random.normal());
    return { ...point, precision: quantized ? precision : 'f32', loss };
  });
}

/** Noise of {@link simulateLaw}. */
export interface LawSimulationOptions {
  /** Standard deviation of the logarithm of the loss. Default 0. */
  readonly noise?: number;
  /** Seed of the noise, an integer from 0 to 2^32 − 1. Default 0. */
  readonly seed?: number;
}

/**
 * Runs as any law of the loss would have them, with log-normal noise. The points carry their precision.
 *
 * @throws RangeError if the law gives no loss, a point or parameter is out of its range, or the seed is no integer from
 *   0 to 2^32 − 1.
 */
export function simulateLaw(
  law: ScalingLaw,
  values: ParameterValues,
  points: readonly (ScalingPoint & { readonly precision: string })[],
  { noise = 0, seed = 0 }: LawSimulationOptions = {},
): ScalingRecord[] {
  if (law.predicts !== 'loss') {
    throw new RangeError(`simulateLaw: law ${law.name} must give a loss, but gives ${law.predicts}`);
  }
  const random = createRandom(seed);
  const bound = withLevels(law, levelsIn(points));
  return points.map((point) => ({
    ...point,
    loss: bound.predict(values, point) * Math.exp(noise * random.normal()),
  }));
}

function levelsIn(points: readonly (ScalingPoint & { readonly precision: string })[]): {
  precision: string[];
  G: number[];
} {
  const quantized = points.filter(({ G }) => G !== undefined);
  return {
    precision: [...new Set(quantized.map(({ precision }) => precision))].toSorted(),
    G: [...new Set(quantized.map(({ G }) => G!))].toSorted((a, b) => a - b),
  };
}

/**
 * Every combination of sizes (non-embedding parameters), token budgets and group sizes (elements that share a scale); an
 * `undefined` group size is the high-precision twin.
 */
export function gridPoints(
  sizes: readonly number[],
  tokens: readonly number[],
  groupSizes: readonly (number | undefined)[] = [undefined],
): ScalingPoint[] {
  return sizes.flatMap((N) =>
    tokens.flatMap((D) => groupSizes.map((G) => (G === undefined ? { N, D } : { N, D, G }))),
  );
}
