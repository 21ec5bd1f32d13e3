import type { HuberObjective } from './huber-objective.ts';
import type { ScalingInput, ScalingPoint } from './point.ts';
import type { ScalingLaw } from './power-law.ts';
import { smallestEigen } from './symmetric-eigen.ts';

/** The data cannot determine the parameters of a law. The message says what to add. */
export class UnidentifiableError extends RangeError {
  override readonly name = 'UnidentifiableError';
}

const INPUT_MEANING: Readonly<Record<ScalingInput, string>> = {
  N: 'model sizes N',
  D: 'token budgets D',
  G: 'group sizes G',
};

/**
 * Smallest eigenvalue of the scaled Gauss–Newton matrix that still counts as determined. Simulated designs with three
 * sizes and token budgets within a factor of two have 2e-6, designs with tokens proportional to size at most 1e-11.
 */
const MIN_EIGENVALUE = 1e-9;

/** Two inputs whose logarithms are correlated more than this are one input. */
const MAX_CORRELATION = 0.999;

/**
 * Throws unless there are more points than parameters, and each input takes as many values as the law needs.
 *
 * @throws UnidentifiableError that says what to add.
 */
export function assertEnoughSpread(caller: string, law: ScalingLaw, points: readonly ScalingPoint[]): void {
  for (const [input, needed] of Object.entries(law.minimumDistinct) as [ScalingInput, number][]) {
    const values = new Set(points.map((point) => point[input]).filter((value) => value !== undefined));
    if (values.size < needed) {
      const found = [...values].join(', ');
      throw new UnidentifiableError(
        `${caller}: law ${law.name} needs at least ${needed} different ${INPUT_MEANING[input]}, but the data have ` +
          `${values.size}${values.size > 0 ? ` (${found})` : ''}; add runs at ${needed - values.size} more`,
      );
    }
  }
  const needed = law.parameters.length + 1;
  if (points.length < needed) {
    throw new UnidentifiableError(
      `${caller}: law ${law.name} with ${law.parameters.length} parameters needs at least ${needed} runs, ` +
        `but the data have ${points.length}; add ${needed - points.length} more`,
    );
  }
  assertIndependentInputs(caller, law, points);
}

function assertIndependentInputs(caller: string, law: ScalingLaw, points: readonly ScalingPoint[]): void {
  const inputs = Object.keys(law.minimumDistinct) as ScalingInput[];
  for (const [index, first] of inputs.entries()) {
    for (const second of inputs.slice(index + 1)) {
      // High-precision points have no G and say nothing about its correlation.
      const both = points.filter((point) => point[first] !== undefined && point[second] !== undefined);
      const logs = (input: ScalingInput): number[] => both.map((point) => Math.log(point[input]!));
      const r = correlation(logs(first), logs(second));
      if (Math.abs(r) > MAX_CORRELATION) {
        throw new UnidentifiableError(
          `${caller}: law ${law.name} needs ${first} and ${second} to vary independently, but the logarithms of ` +
            `the data have the correlation ${r.toFixed(5)}; add runs at the same ${first} with another ${second}`,
        );
      }
    }
  }
}

/** Pearson's correlation; 0 where one of the two does not vary. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const meanX = x.reduce((sum, value) => sum + value, 0) / x.length;
  const meanY = y.reduce((sum, value) => sum + value, 0) / y.length;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  x.forEach((value, i) => {
    xx += (value - meanX) ** 2;
    yy += (y[i]! - meanY) ** 2;
    xy += (value - meanX) * (y[i]! - meanY);
  });
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

/**
 * Throws if, at a fitted point, some combination of parameters changes no prediction: for example where tokens were
 * always the same multiple of the size, so that two terms fall together.
 *
 * @throws UnidentifiableError that names the parameters that cannot be told apart.
 */
export function assertDetermined(
  caller: string,
  law: ScalingLaw,
  objective: HuberObjective,
  theta: Float64Array,
): void {
  const { size } = objective;
  const matrix = objective.gaussNewton(theta, false);
  const norms = Array.from({ length: size }, (_, p) => Math.sqrt(matrix[p * size + p]!));
  const undetermined = law.parameters.filter((_, p) => !(norms[p]! > 0)).map(({ name }) => name);
  if (undetermined.length === 0) {
    for (let p = 0; p < size; p++) {
      for (let q = 0; q < size; q++) matrix[p * size + q]! /= norms[p]! * norms[q]!;
    }
    const { value, vector } = smallestEigen(matrix, size);
    if (value >= MIN_EIGENVALUE) return;
    const largest = Math.max(...vector.map(Math.abs));
    law.parameters.forEach(({ name }, p) => {
      if (Math.abs(vector[p]!) > 0.1 * largest) undetermined.push(name);
    });
  }
  throw new UnidentifiableError(
    `${caller}: the data must tell the parameters of law ${law.name} apart, but leave ${undetermined.join(', ')} ` +
      'undetermined; vary N, D and G independently (not D at a fixed multiple of N), over a wider range',
  );
}
