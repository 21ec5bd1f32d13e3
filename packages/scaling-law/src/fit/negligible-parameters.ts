import type { HuberObjective } from './huber-objective.ts';

/** A coefficient whose part is below this share of every prediction is at its bound of zero. */
const NEGLIGIBLE_SHARE = 1e-6;

/**
 * Warnings for coefficients that the fit has driven to zero, where what they multiply says nothing, and for shares that it
 * has driven to 0 or 1.
 */
export function negligibleParameters(objective: HuberObjective, theta: Float64Array): string[] {
  const { parameters, linear } = objective.law;
  const columns = objective.logJacobian(theta);
  const values = objective.toParameters(theta);
  return parameters.flatMap(({ name, domain }, p) => {
    const largest = columns[p]!.reduce((most, share) => Math.max(most, Math.abs(share)), 0);
    if (largest >= NEGLIGIBLE_SHARE) return [];
    // For a positive coefficient the derivative by its logarithm is the share of its part.
    if (linear.has(name) && domain === 'positive') {
      return [
        `the term of ${name} is zero within the noise: the data do not determine ${name} and its exponents`,
      ];
    }
    const value = values[name]!;
    if (domain === 'fraction' && value * (1 - value) < NEGLIGIBLE_SHARE) {
      return [`${name} is ${Math.round(value)} within the noise: the data do not tell how near`];
    }
    return [];
  });
}
