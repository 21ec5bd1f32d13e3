const POINTS = 120;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Where a function of a positive number is least, between two bounds: on a grid of equal ratios, then by golden section
 * around the best point. `undefined` where it is infinite everywhere.
 */
export function minimizeOnGrid(f: (x: number) => number, low: number, high: number): number | undefined {
  if (!(high >= low)) return undefined;
  const ratio = Math.log(high / low) / (POINTS - 1);
  const at = (index: number): number => (index === POINTS - 1 ? high : low * Math.exp(ratio * index));
  const values = Array.from({ length: POINTS }, (_, index) => f(at(index)));
  const best = values.indexOf(Math.min(...values));
  if (values[best] === Infinity || best < 0) return undefined;
  let [a, b] = [Math.log(at(Math.max(0, best - 1))), Math.log(at(Math.min(POINTS - 1, best + 1)))];
  for (let step = 0; step < 50; step++) {
    const [left, right] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
    if (f(Math.exp(left)) <= f(Math.exp(right))) b = right;
    else a = left;
  }
  const refined = Math.exp((a + b) / 2);
  // The bounds themselves are not reached by the section.
  return f(refined) <= values[best]! ? refined : at(best);
}
