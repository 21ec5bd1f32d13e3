/** Standard deviations from the median absolute value of normal numbers. */
const MAD_TO_SIGMA = 1.4826;

/** Huber's constant: 95 % efficiency where the noise is normal. */
export const HUBER_CONSTANT = 1.345;

/**
 * A robust standard deviation of the residuals of a fit: of the median of their absolute values without the smallest
 * `parameters − 1`, as the fit goes through about as many runs and would make the noise look smaller (DuMouchel and
 * O'Brien 1989).
 */
export function residualScale(residuals: Float64Array, parameters: number): number {
  const sorted = residuals.map(Math.abs).toSorted();
  const rest = sorted.subarray(Math.min(Math.max(0, parameters - 1), sorted.length - 1));
  const middle = (rest.length - 1) / 2;
  return (MAD_TO_SIGMA * (rest[Math.floor(middle)]! + rest[Math.ceil(middle)]!)) / 2;
}
