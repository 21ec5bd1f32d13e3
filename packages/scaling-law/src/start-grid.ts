import { choleskyFactor, choleskySolve } from './cholesky.ts';
import type { HuberObjective } from './huber-objective.ts';
import type { ScalingLaw } from './power-law.ts';

/** Values to try for each exponent, by parameter name. */
export type StartGrid = Readonly<Record<string, readonly number[]>>;

/** A coefficient that least squares puts at zero starts here, relative to the observations. */
const SMALL_COEFFICIENT = 1e-3;

/**
 * Starts for the optimizer: every combination of the exponents' start values, each with the coefficients that fit
 * the data best for those exponents. The law is linear in them, so they are eliminated (variable projection) by
 * non-negative least squares on the relative residuals, instead of being two to four more axes of the grid.
 */
export function startGrid(law: ScalingLaw, objective: HuberObjective, grid: StartGrid): Float64Array[] {
  let combinations: Float64Array[] = [new Float64Array(objective.size)];
  law.parameters.forEach(({ name, space, starts }, index) => {
    const values = grid[name] ?? starts;
    if (values === undefined) return;
    combinations = combinations.flatMap((combination) =>
      values.map((value) => {
        const theta = Float64Array.from(combination);
        theta[index] = space.toFree(value);
        return theta;
      }),
    );
  });
  return combinations.map((theta) => {
    const coefficients = nonNegativeLeastSquares(objective.relativeColumns(theta));
    objective.coefficientIndices.forEach((index, term) => {
      theta[index] = Math.log(Math.max(coefficients[term]!, SMALL_COEFFICIENT));
    });
    return theta;
  });
}

/**
 * Minimizes `‖Σ_j c_j column_j − 1‖²` over `c ≥ 0`, up to a greedy choice: the column with the most negative
 * coefficient is dropped until none is negative.
 */
export function nonNegativeLeastSquares(columns: readonly Float64Array[]): Float64Array {
  const solution = new Float64Array(columns.length);
  let kept = columns.map((_, index) => index);
  while (kept.length > 0) {
    const part = solveNormalEquations(kept.map((index) => columns[index]!));
    const worst = part.indexOf(Math.min(...part));
    if (part[worst]! >= 0) {
      kept.forEach((index, position) => {
        solution[index] = part[position]!;
      });
      break;
    }
    kept = kept.filter((_, position) => position !== worst);
  }
  return solution;
}

function solveNormalEquations(columns: readonly Float64Array[]): Float64Array {
  const size = columns.length;
  const matrix = new Float64Array(size * size);
  const rightSide = new Float64Array(size);
  for (let p = 0; p < size; p++) {
    const column = columns[p]!;
    for (let i = 0; i < column.length; i++) rightSide[p]! += column[i]!;
    for (let q = 0; q <= p; q++) {
      let sum = 0;
      for (let i = 0; i < column.length; i++) sum += column[i]! * columns[q]![i]!;
      matrix[p * size + q] = sum;
      matrix[q * size + p] = sum;
    }
    // Equal exponents in two terms make equal columns along a diagonal of the design: keep the matrix definite.
    matrix[p * size + p]! *= 1 + 1e-9;
  }
  const factor = choleskyFactor(matrix, size);
  return factor === undefined ? new Float64Array(size) : choleskySolve(factor, size, rightSide);
}
