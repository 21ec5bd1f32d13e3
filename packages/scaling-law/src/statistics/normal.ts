/** Standard normal distribution function (Hart 1968, as in West 2005: 14 digits). */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  const upper = z > 37 ? 0 : Math.exp((-z * z) / 2) * tailFactor(z);
  return x > 0 ? 1 - upper : upper;
}

function tailFactor(z: number): number {
  if (z >= 7.07106781186547) {
    // A continued fraction, which converges fast this far out.
    const fraction = z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))));
    return 1 / (fraction * 2.506628274631);
  }
  const numerator = [
    0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
    221.213596169931, 220.206867912376,
  ];
  const denominator = [
    0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
    637.333633378831, 793.826512519948, 440.413735824752,
  ];
  const horner = (coefficients: readonly number[]): number =>
    coefficients.reduce((sum, coefficient) => sum * z + coefficient, 0);
  return horner(numerator) / horner(denominator);
}

/**
 * Quantile of the standard normal distribution, by Newton's method on {@link normalCdf}.
 *
 * @throws RangeError when `probability` is not between 0 and 1
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`normalQuantile: probability must lie between 0 and 1, but got ${probability}`);
  }
  // Work in the lower tail, where the distribution function keeps its digits.
  if (probability > 0.5) return -normalQuantile(1 - probability);
  if (probability === 0.5) return 0;
  const t = Math.sqrt(-2 * Math.log(probability));
  // Abramowitz and Stegun 26.2.22, to 3e-3.
  let x = -(t - (2.30753 + 0.27061 * t) / (1 + 0.99229 * t + 0.04481 * t * t));
  for (let step = 0; step < 8; step++) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    const change = (normalCdf(x) - probability) / density;
    // Halley's correction: the second derivative of the distribution function is −x times the first.
    x -= change / (1 + (x * change) / 2);
    if (Math.abs(change) < 1e-14 * Math.abs(x)) break;
  }
  return x;
}
