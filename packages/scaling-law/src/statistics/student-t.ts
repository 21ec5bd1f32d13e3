/**
 * Returns P(T ≤ t) of Student's t distribution, by its finite series (Abramowitz and Stegun, 26.7.3 and 26.7.4).
 *
 * @param t - Any finite number.
 * @param degrees - Degrees of freedom, a positive whole number.
 * @throws RangeError when `degrees` is no positive whole number or `t` is not finite.
 */
export function studentCdf(t: number, degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 1) {
    throw new RangeError(`studentCdf: degrees must be a positive whole number, but got ${degrees}`);
  }
  if (!Number.isFinite(t)) throw new RangeError(`studentCdf: t must be finite, but got ${t}`);
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = degrees % 2 === 1;
  // The first term has power 1 for odd and 0 for even degrees; each next one two more.
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= (cosine * cosine * (power - 1)) / power;
    sum += term;
  }
  const within = odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return t < 0 ? (1 - within) / 2 : (1 + within) / 2;
}

/**
 * Returns the t that a Student-distributed number stays below with the given probability.
 *
 * @param probability - Above 0 and below 1.
 * @param degrees - Degrees of freedom, a positive whole number.
 * @throws RangeError when an argument is out of range.
 */
export function studentQuantile(probability: number, degrees: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`studentQuantile: probability must be above 0 and below 1, but got ${probability}`);
  }
  if (probability < 0.5) return -studentQuantile(1 - probability, degrees);
  let high = 1;
  while (studentCdf(high, degrees) < probability) high *= 2;
  let low = 0;
  // Halving 80 times leaves less than a rounding error.
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, degrees) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
