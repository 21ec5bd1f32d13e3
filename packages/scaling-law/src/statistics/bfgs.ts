/** A function to minimize: returns its value at `x` and writes its gradient. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** When {@link minimizeBfgs} stops. */
export interface BfgsOptions {
  /** Stop when a full step promises to lower the value by less than this share of it. */
  readonly relativeTolerance: number;
  /** Most iterations. */
  readonly maxIterations: number;
}

/** Where {@link minimizeBfgs} ended. */
export interface BfgsResult {
  readonly x: Float64Array;
  readonly value: number;
  /** Iterations of the outer loop. */
  readonly iterations: number;
}

/** Values below this are zero: squares of residuals at the rounding error of a logarithm. */
const ABSOLUTE_TOLERANCE = 1e-30;

// Weak Wolfe conditions, the usual constants (Nocedal and Wright, Section 3.1).
const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;
const MAX_LINE_SEARCH_STEPS = 40;

/**
 * Minimizes a function by dense BFGS with a weak Wolfe line search by bisection, which needs no second
 * derivatives and also makes progress where the gradient has kinks, as Huber's loss nearly has (Lewis and Overton,
 * Math. Program. 141, 2013, Alg. 2.6).
 *
 * @param objective - Value and gradient. May return `Infinity` or `NaN` outside its domain.
 * @param start - First point; its value must be finite. Not changed.
 * @param inverseHessian - First estimate of the inverse Hessian, row-major. Not changed.
 */
export function minimizeBfgs(
  objective: Objective,
  start: Float64Array,
  inverseHessian: Float64Array,
  options: BfgsOptions,
): BfgsResult {
  const size = start.length;
  const H = Float64Array.from(inverseHessian);
  let x = Float64Array.from(start);
  let gradient = new Float64Array(size);
  let value = objective(x, gradient);
  let xNext = new Float64Array(size);
  let gradientNext = new Float64Array(size);
  const direction = new Float64Array(size);
  const change = new Float64Array(size);

  let iterations = 0;
  for (; iterations < options.maxIterations; iterations++) {
    multiplyNegated(H, gradient, direction);
    let slope = dot(gradient, direction);
    if (!(slope < 0)) {
      // Rounding has spoilt the estimate: start over from steepest descent.
      H.fill(0);
      for (let i = 0; i < size; i++) H[i * size + i] = 1;
      multiplyNegated(H, gradient, direction);
      slope = dot(gradient, direction);
    }
    // -slope/2 is the fall of the quadratic model along a full step.
    if (-slope / 2 <= options.relativeTolerance * value + ABSOLUTE_TOLERANCE) break;

    let step = 1;
    let low = 0;
    let high = Infinity;
    let valueNext = Infinity;
    let found = false;
    for (let trial = 0; trial < MAX_LINE_SEARCH_STEPS; trial++) {
      for (let i = 0; i < size; i++) xNext[i] = x[i]! + step * direction[i]!;
      valueNext = objective(xNext, gradientNext);
      if (!(valueNext <= value + SUFFICIENT_DECREASE * step * slope)) {
        high = step;
      } else if (dot(gradientNext, direction) < CURVATURE * slope) {
        low = step;
      } else {
        found = true;
        break;
      }
      step = high === Infinity ? 2 * low : (low + high) / 2;
    }
    // No acceptable step: the value cannot be lowered beyond its rounding error.
    if (!found) break;

    for (let i = 0; i < size; i++) {
      change[i] = gradientNext[i]! - gradient[i]!;
      direction[i]! *= step;
    }
    updateInverseHessian(H, direction, change);
    [x, xNext] = [xNext, x];
    [gradient, gradientNext] = [gradientNext, gradient];
    value = valueNext;
  }
  return { x, value, iterations };
}

/** `H ← (I − s yᵀ/ρ) H (I − y sᵀ/ρ) + s sᵀ/ρ` with `ρ = sᵀy`, expanded (Nocedal and Wright, Eq. 6.17). */
function updateInverseHessian(H: Float64Array, s: Float64Array, y: Float64Array): void {
  const size = s.length;
  const curvature = dot(s, y);
  if (!(curvature > 0)) return;
  const Hy = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) Hy[row]! += H[row * size + column]! * y[column]!;
  }
  const scale = (1 + dot(y, Hy) / curvature) / curvature;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      H[row * size + column]! +=
        scale * s[row]! * s[column]! - (Hy[row]! * s[column]! + s[row]! * Hy[column]!) / curvature;
    }
  }
}

function multiplyNegated(matrix: Float64Array, vector: Float64Array, result: Float64Array): void {
  const size = vector.length;
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let column = 0; column < size; column++) sum -= matrix[row * size + column]! * vector[column]!;
    result[row] = sum;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
