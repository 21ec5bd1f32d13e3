import { E2M1 } from '@nibble-ml/fp4-format';
import { positionInInterval } from './derivative.ts';
import { checkK, DEFAULT_K } from './dge-options.ts';
import type { DgeSurrogateOptions } from './dge-options.ts';
import { edgesOf } from './intervals.ts';

/** Options of the smooth derivative. */
export interface DgeSmoothOptions extends DgeSurrogateOptions {
  /** Positive smoothing constant, in units of half an interval. */
  readonly epsilon: number;
}

/**
 * Returns f'_smooth(x) = √(u² + ε²)^(1/k - 1) / k, which bounds f' without a clip (arXiv 2501.17116, appendix C.3; the
 * root is inferred from the limit ε → 0, since the printed formula is damaged in the available text). Outside the
 * grid it is what it is at the outermost grid point.
 *
 * @param x - A value in units of the grid, that is, already divided by the scale.
 * @throws RangeError if k is below 1 or epsilon not positive, or either not finite.
 */
export function dgeSmoothDerivative(x: number, options: DgeSmoothOptions): number {
  const { k = DEFAULT_K, format = E2M1, epsilon } = options;
  checkK('dgeSmoothDerivative', k);
  checkEpsilon('dgeSmoothDerivative', epsilon);
  const u = Math.max(-1, Math.min(1, positionInInterval(edgesOf(format), x)));
  return Math.hypot(u, epsilon) ** (1 / k - 1) / k;
}

/**
 * Returns the largest value of {@link dgeSmoothDerivative}, ε^(1/k - 1) / k, taken at the midpoints. The ε whose bound
 * is a given clip is (k · clip)^(k / (1 - k)), for k > 1.
 *
 * @throws RangeError if k is below 1 or epsilon not positive, or either not finite.
 */
export function dgeSmoothBound(options: Pick<DgeSmoothOptions, 'k' | 'epsilon'>): number {
  const { k = DEFAULT_K, epsilon } = options;
  checkK('dgeSmoothBound', k);
  checkEpsilon('dgeSmoothBound', epsilon);
  return epsilon ** (1 / k - 1) / k;
}

function checkEpsilon(caller: string, epsilon: number): void {
  if (!(epsilon > 0 && epsilon < Infinity)) {
    throw new RangeError(`${caller}: epsilon must be positive and finite, but got ${epsilon}`);
  }
}
