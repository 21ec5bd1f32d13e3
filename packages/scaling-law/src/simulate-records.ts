import type { ChinchillaParameters } from './chinchilla.ts';
import type { ScalingPoint } from './point.ts';
import { predictLoss } from './predict.ts';
import type { QatDeltaParameters } from './qat-law.ts';
import { createRandom } from './random.ts';
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
  /** Seed of the noise. Default 0. */
  readonly seed?: number;
}

/** Runs as the laws would have them, with log-normal noise on the loss: data on which a fit can be tested. */
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

/** Every combination of sizes, token budgets and group sizes; an `undefined` group size is the high-precision twin. */
export function gridPoints(
  sizes: readonly number[],
  tokens: readonly number[],
  groupSizes: readonly (number | undefined)[] = [undefined],
): ScalingPoint[] {
  return sizes.flatMap((N) =>
    tokens.flatMap((D) => groupSizes.map((G) => (G === undefined ? { N, D } : { N, D, G }))),
  );
}
