import type { ScalingRecord } from '../data/scaling-record.ts';
import { chinchilla } from '../laws/chinchilla.ts';
import type { ChinchillaParameters } from '../laws/chinchilla.ts';
import { computeOptimal } from '../predict/compute-optimal.ts';
import { isoflopFit } from './isoflop-fit.ts';

/** How wrong approach 2 is on runs without noise that follow a known law exactly. */
export interface IsoflopBias {
  /** `β/(α+β)`, what the exponent of the size should be. */
  readonly trueSizeExponent: number;
  /** What approach 2 finds instead. */
  readonly fittedSizeExponent: number;
  /** How far the optimal size is off at each budget. */
  readonly sizeRatios: readonly {
    /** The budget `6ND`, FLOPs. */
    readonly flops: number;
    /** The fitted optimal size over the true one. */
    readonly ratio: number;
  }[];
}

/**
 * The bias of approach 2 for a design: the runs get the losses that the law gives them, without noise, and approach 2
 * is applied. What differs from the closed form is bias alone.
 *
 * @param records - The runs whose sizes and tokens make the design; their losses are not used.
 * @throws UnidentifiableError as {@link isoflopFit}; RangeError if a parameter or an input is out of its range.
 */
export function isoflopBias(law: ChinchillaParameters, records: readonly ScalingRecord[]): IsoflopBias {
  const fit = isoflopFit(
    records.map(({ N, D, precision }) => ({ N, D, precision, loss: chinchilla.predict(law, { N, D }) })),
  );
  return {
    trueSizeExponent: law.beta / (law.alpha + law.beta),
    fittedSizeExponent: fit.sizeExponent,
    sizeRatios: fit.curves.map(({ flops, optimum }) => ({
      flops,
      ratio: optimum.N / computeOptimal(law, flops).N,
    })),
  };
}
