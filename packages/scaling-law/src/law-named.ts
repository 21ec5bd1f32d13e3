import { chinchilla, chinchillaTied } from './chinchilla.ts';
import { fitLaw } from './fit-law.ts';
import type { ScalingLaw } from './power-law.ts';
import { priorDeltaLaw } from './prior-law.ts';
import { qat, qatDelta } from './qat-law.ts';
import type { ScalingRecord } from './scaling-record.ts';

const FIXED_LAWS: readonly ScalingLaw[] = [chinchilla, chinchillaTied, qat, qatDelta];

/** Names that {@link lawNamed} knows. */
export const lawNames: readonly string[] = [...FIXED_LAWS.map(({ name }) => name), 'prior-delta'];

/**
 * The law of a name. `prior-delta` is made for the records: `A` and `alpha` from a Chinchilla fit to the
 * high-precision ones, and one multiplier for each group size.
 *
 * @throws RangeError for a name that is not in {@link lawNames}.
 * @throws UnidentifiableError if `prior-delta` is asked for and the records have too few high-precision runs.
 */
export function lawNamed(name: string, records: readonly ScalingRecord[]): ScalingLaw {
  const fixed = FIXED_LAWS.find((law) => law.name === name);
  if (fixed !== undefined) return fixed;
  if (name !== 'prior-delta') {
    throw new RangeError(`lawNamed: law must be one of ${lawNames.join(', ')}, but got ${name}`);
  }
  const { A, alpha } = fitLaw(chinchilla, records, { resamples: 0 }).parameters;
  const groupSizes = [...new Set(records.flatMap(({ G }) => (G === undefined ? [] : [G])))];
  return priorDeltaLaw(
    { A: A!.value, alpha: alpha!.value },
    groupSizes.toSorted((a, b) => a - b),
  );
}
