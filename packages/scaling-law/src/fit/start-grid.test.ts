import { describe, expect, it } from 'vitest';
import { chinchilla } from '../laws/chinchilla.ts';
import { HuberObjective } from './huber-objective.ts';
import { chinchillaConstants } from '../laws/published.ts';
import { gridPoints } from '../data/simulate-records.ts';
import { nonNegativeLeastSquares, startGrid } from './start-grid.ts';

const column = (...values: number[]): Float64Array => Float64Array.from(values);

describe('nonNegativeLeastSquares', () => {
  const solve = (columns: Float64Array[], mayBeNegative: boolean[] = []): Float64Array => {
    const ones = new Float64Array(columns[0]!.length).fill(1);
    return nonNegativeLeastSquares(columns, ones, ones, mayBeNegative);
  };

  it('solves exactly where the solution is positive', () => {
    const exact = solve([column(0.25, 0.5, 0.75), column(1.5, 1, 0.5)]);
    expect(exact[0]).toBeCloseTo(1, 7);
    expect(exact[1]).toBeCloseTo(0.5, 7);
  });

  it('drops a column that would need a negative coefficient, unless it may have one', () => {
    const columns = [column(1, 1), column(-1, -1.1)];
    const solution = solve(columns);
    expect(solution[1]).toBe(0);
    expect(solution[0]).toBeCloseTo(1, 8);
    expect(solve([column(1, 2), column(0, -1)], [false, true])[1]).toBeCloseTo(1, 6);
    expect(solve([column(1, 0.5), column(0, -0.5)], [false, true])[1]).toBeCloseTo(-1, 6);
  });

  it('counts observations by their weight', () => {
    const solution = nonNegativeLeastSquares([column(1, 1)], column(1, 4), column(2, 1), []);
    expect(solution[0]).toBeCloseTo(2, 8);
  });

  it('gives zeros where nothing can be solved', () => {
    expect([...solve([column(0, 0)])]).toEqual([0]);
  });
});

describe('startGrid', () => {
  const truth = chinchillaConstants.hoffmann;
  const points = gridPoints([1e8, 5e8, 2e9], [2e9, 2e10, 2e11]);
  const observations = points.map(({ N, D }) => ({ N, D, observed: chinchilla.predict(truth, { N, D }) }));
  const objective = new HuberObjective(chinchilla, observations, 1e-3);

  it('has every combination of the exponents', () => {
    const starts = startGrid(objective, { alpha: [0.1, 0.2, 0.3], beta: [0.5, 0.6] });
    const pairs = starts.map((theta) => {
      const { alpha, beta } = objective.toParameters(theta);
      return `${alpha!.toFixed(6)} ${beta!.toFixed(6)}`;
    });
    expect(new Set(pairs).size).toBe(6);
    expect(startGrid(objective, {})).toHaveLength(36);
  });

  it('gives the coefficients at once where the exponents are right', () => {
    const [theta] = startGrid(objective, { alpha: [truth.alpha], beta: [truth.beta] });
    const found = objective.toParameters(theta!);
    for (const [name, value] of Object.entries(truth)) expect(found[name]! / value).toBeCloseTo(1, 4);
  });
});
