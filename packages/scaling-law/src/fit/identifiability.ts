import type { HuberObjective } from './huber-objective.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import { inputValue } from '../laws/point.ts';
import type { ScalingInput, ScalingPoint } from '../laws/point.ts';
import { smallestSingular } from '../statistics/singular-values.ts';

/** The data cannot determine the parameters of a law. The message says what to add. */
export class UnidentifiableError extends RangeError {
  /** What tells it apart where `instanceof` cannot, as between two copies of the package. */
  override readonly name = 'UnidentifiableError';
}

const INPUT_MEANING: Readonly<Record<ScalingInput, string>> = {
  N: 'model sizes N',
  D: 'token budgets D',
  G: 'group sizes G',
  Pw: 'bits of the weights Pw',
  Pa: 'bits of the activations Pa',
  Pkv: 'bits of the KV cache Pkv',
};

/**
 * Smallest singular value of the Jacobian with columns of length 1 that still counts as determined. Designs with three
 * sizes and token budgets within a factor of two have 1e-5; a combination of parameters that changes no prediction
 * leaves rounding errors, 1e-15.
 */
const MIN_SINGULAR_VALUE = 1e-9;

/** Two inputs whose logarithms are correlated more than this are one input. */
const MAX_CORRELATION = 0.999;

/**
 * Throws unless there are more points than parameters, and each input takes as many values as the law needs.
 *
 * @throws UnidentifiableError that says what to add.
 */
export function assertEnoughSpread(caller: string, law: ScalingLaw, points: readonly ScalingPoint[]): void {
  for (const [input, needed] of Object.entries(law.minimumDistinct) as [ScalingInput, number][]) {
    const values = new Set(
      points.filter((point) => isKnown(input, point)).map((point) => inputValue(input, point)),
    );
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
  const inputs = (Object.keys(law.minimumDistinct) as ScalingInput[]).filter(
    // Bits take few values, and are often changed together on purpose.
    (input) => input === 'N' || input === 'D' || input === 'G',
  );
  for (const [index, first] of inputs.entries()) {
    for (const second of inputs.slice(index + 1)) {
      // High-precision points have no G and say nothing about its correlation.
      const both = points.filter((point) => isKnown(first, point) && isKnown(second, point));
      const logs = (input: ScalingInput): number[] => both.map((point) => Math.log(inputValue(input, point)));
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

/** Whether a point says something about an input: those in high precision have no group size. */
function isKnown(input: ScalingInput, point: ScalingPoint): boolean {
  return input !== 'G' || point.G !== undefined;
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
  const columns = objective.logJacobian(theta);
  const norms = columns.map((column) => Math.sqrt(column.reduce((sum, entry) => sum + entry * entry, 0)));
  const undetermined = law.parameters.filter((_, p) => !(norms[p]! > 0)).map(({ name }) => name);
  if (undetermined.length === 0) {
    const { value, vector } = smallestSingular(columns.map((column, p) => column.map((x) => x / norms[p]!)));
    if (value >= MIN_SINGULAR_VALUE) return;
    const largest = Math.max(...vector.map(Math.abs));
    law.parameters.forEach(({ name }, p) => {
      if (Math.abs(vector[p]!) > 0.1 * largest) undetermined.push(name);
    });
  }
  throw new UnidentifiableError(
    `${caller}: the data must tell the parameters of law ${law.name} apart, but leave ${undetermined.join(', ')} ` +
      'undetermined; vary N, D and G independently (not D at a fixed multiple of N), over a wider range, or, where ' +
      'they do vary so, add seeds or longer runs, for the noise hides what they do',
  );
}
