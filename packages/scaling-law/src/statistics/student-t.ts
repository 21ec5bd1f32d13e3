/**
 * `P(T ≤ t)` of Student's distribution, by its finite series (Abramowitz and Stegun, 26.7.3 and 26.7.4).
 *
 * @param degrees - Degrees of freedom, a positive whole number.
 */
export function studentCdf(t: number, degrees: number): number {
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= (cosine * cosine * (power - 1)) / power;
    sum += term;
  }
  const within = isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return t < 0 ? (1 - within) / 2 : (1 + within) / 2;
}

/** The t that a Student-distributed number stays below with this probability, above 0 and below 1. */
export function studentQuantile(probability: number, degrees: number): number {
  if (probability < 0.5) return -studentQuantile(1 - probability, degrees);
  let high = 1;
  while (studentCdf(high, degrees) < probability) high *= 2;
  let low = 0;
  // Halving 60 times leaves less than a rounding error.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, degrees) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
