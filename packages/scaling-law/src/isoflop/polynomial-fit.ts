/** `minimum + curvature · (x − center)²`. */
export interface Parabola {
  /** x of the lowest point; of the highest where the curvature is negative. */
  readonly center: number;
  /** y at the center. */
  readonly minimum: number;
  /** Half the second derivative. */
  readonly curvature: number;
}

/** Least squares line. */
export function fitLine(x: readonly number[], y: readonly number[]): { slope: number; intercept: number } {
  const [meanX, meanY] = [mean(x), mean(y)];
  const xx = mean(x.map((value) => (value - meanX) ** 2));
  const slope = mean(x.map((value, i) => (value - meanX) * (y[i]! - meanY))) / xx;
  return { slope, intercept: meanY - slope * meanX };
}

/** Least squares parabola; its curvature may be negative, which makes the center a maximum. */
export function fitParabola(x: readonly number[], y: readonly number[]): Parabola {
  // Orthogonal polynomials on centred x: 1, u, and u² less its projection on both.
  const shift = mean(x);
  const u = x.map((value) => value - shift);
  const line = fitLine(
    u,
    u.map((value) => value * value),
  );
  const q = u.map((value) => value * value - line.intercept - line.slope * value);
  const curvature = mean(q.map((value, i) => value * y[i]!)) / mean(q.map((value) => value * value));
  const rest = fitLine(
    u,
    y.map((value, i) => value - curvature * u[i]! ** 2),
  );
  const center = -rest.slope / (2 * curvature);
  return { center: center + shift, minimum: rest.intercept - curvature * center * center, curvature };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
