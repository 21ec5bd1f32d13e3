/** Standard deviations from the median absolute value of normal numbers. */
const MAD_TO_SIGMA = 1.4826;

/** Huber's constant: 95 % efficiency where the noise is normal. */
export const HUBER_CONSTANT = 1.345;

/** A robust standard deviation of the residuals of a fit, enlarged for the parameters that followed them. */
export function residualScale(residuals: Float64Array, parameters: number): number {
  const sorted = residuals.map(Math.abs).toSorted();
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return MAD_TO_SIGMA * median * Math.sqrt(sorted.length / Math.max(1, sorted.length - parameters));
}
