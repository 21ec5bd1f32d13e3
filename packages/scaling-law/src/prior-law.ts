import type { ChinchillaParameters } from './chinchilla.ts';
import type { Parameterization } from './parameter.ts';
import { definePowerLaw } from './power-law.ts';
import type { ScalingLaw } from './power-law.ts';

/** Name of the multiplier at one group size in the parameters of {@link priorDeltaLaw}, such as `eff32`. */
export function multiplierName(groupSize: number): string {
  return `eff${groupSize}`;
}

/**
 * The prior form: quantization multiplies the parameter count by a constant `eff` for each precision and group
 * size, whatever `N` and `D`: `delta(N) = A/(N·eff)^alpha − A/N^alpha` (arXiv 2505.14302, Eq. 3, after Kumar et
 * al., arXiv 2411.04330, and Frantar et al.). It has no form in `G`: one parameter per group size.
 *
 * @param base - `A` and `alpha` of the high-precision law, taken as known.
 * @param groupSizes - The group sizes to tell apart.
 * @throws RangeError if there are none, or one is repeated.
 */
export function priorDeltaLaw(
  base: Pick<ChinchillaParameters, 'A' | 'alpha'>,
  groupSizes: readonly number[],
): ScalingLaw {
  if (groupSizes.length === 0 || new Set(groupSizes).size < groupSizes.length) {
    throw new RangeError(
      `priorDeltaLaw: group sizes must be different and at least one, but got [${groupSizes.join(', ')}]`,
    );
  }
  const space = multiplierSpace(base.A, base.alpha);
  return definePowerLaw({
    name: 'prior-delta',
    formula: 'delta = A/(N·eff_G)^alpha − A/N^alpha',
    source: 'arXiv 2505.14302, Eq. 3',
    predicts: 'delta',
    parameters: groupSizes.map((groupSize) => ({
      name: multiplierName(groupSize),
      meaning: `effective parameter multiplier at G = ${groupSize}`,
      space,
    })),
    terms: groupSizes.map((groupSize) => ({
      coefficient: multiplierName(groupSize),
      factors: [{ input: 'N', exponent: base.alpha, sign: -1 }],
      onlyAtG: groupSize,
    })),
    minimumDistinct: { N: 1 },
    groupSizes,
  });
}

/** Takes `eff` in (0, 1) to the logarithm of the coefficient `A · (eff^−alpha − 1)` of `1/N^alpha`. */
function multiplierSpace(A: number, alpha: number): Parameterization {
  return {
    lower: 0,
    upper: 1,
    toFree: (eff) => Math.log(A * Math.expm1(-alpha * Math.log(eff))),
    fromFree: (free) => Math.exp(-Math.log1p(Math.exp(free) / A) / alpha),
    slope: (free) => {
      const ratio = Math.exp(free) / A;
      return (-Math.exp(-Math.log1p(ratio) / alpha) * ratio) / (alpha * (1 + ratio));
    },
  };
}
