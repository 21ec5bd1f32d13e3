import type { ScalingRecord } from '../data/scaling-record.ts';
import { fitLaw } from '../fit/fit-law.ts';
import { chinchilla, chinchillaTied } from './chinchilla.ts';
import type { ScalingLaw } from './define-law.ts';
import { precisionLaw, weightActivationPrecisionLaw } from './precision-law.ts';
import { effectiveParameters, priorDeltaLaw } from './prior-law.ts';
import {
  qat,
  qatDelta,
  qatDeltaJoint,
  qatDeltaShared,
  qatDeltaWithoutTokens,
  qatFree,
  qatJoint,
  sizeDelta,
} from './qat-law.ts';

/** Every law that needs nothing but its own formula. */
export const laws: readonly ScalingLaw[] = [
  chinchilla,
  chinchillaTied,
  qatDelta,
  qatDeltaWithoutTokens,
  sizeDelta,
  qatDeltaJoint,
  qatDeltaShared,
  qat,
  qatFree,
  qatJoint,
  effectiveParameters,
  precisionLaw,
  weightActivationPrecisionLaw,
];

/** Names that {@link lawNamed} knows. */
export const lawNames: readonly string[] = [...laws.map(({ name }) => name), 'prior-delta'];

/**
 * The law of a name. `prior-delta` takes `A` and `alpha` from a Chinchilla fit to the high-precision records.
 *
 * @throws RangeError for a name that is not in {@link lawNames}.
 * @throws UnidentifiableError if `prior-delta` is asked for and the records have too few high-precision runs.
 */
export function lawNamed(name: string, records: readonly ScalingRecord[]): ScalingLaw {
  const fixed = laws.find((law) => law.name === name);
  if (fixed !== undefined) return fixed;
  if (name !== 'prior-delta') {
    throw new RangeError(`lawNamed: law must be one of ${lawNames.join(', ')}, but got ${name}`);
  }
  const { A, alpha } = fitLaw(chinchilla, records, { resamples: 0 }).parameters;
  return priorDeltaLaw({ A: A!.value, alpha: alpha!.value });
}
