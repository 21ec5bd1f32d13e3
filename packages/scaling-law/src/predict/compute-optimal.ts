import type { ChinchillaParameters } from '../laws/chinchilla.ts';

/** FLOPs of training per parameter and token, forward and backward (Kaplan et al. 2020, arXiv 2001.08361). */
export const TRAINING_FLOPS_PER_PARAMETER_TOKEN = 6;

/** A size and a number of tokens. */
export interface Allocation {
  /** Non-embedding parameters. */
  readonly N: number;
  /** Training tokens. */
  readonly D: number;
}

/**
 * The size and tokens of the least loss for a compute budget `C = 6ND`, in closed form: `N = g (C/6)^(β/(α+β))` with
 * `g = (αA/βB)^(1/(α+β))` (Hoffmann et al. 2022, arXiv 2203.15556, Eq. 4).
 *
 * @param flops - The budget C in FLOPs.
 * @throws RangeError when `flops` is not a positive number
 */
export function computeOptimal({ A, alpha, B, beta }: ChinchillaParameters, flops: number): Allocation {
  if (!(flops > 0 && Number.isFinite(flops))) {
    throw new RangeError(`computeOptimal: flops must be a positive number, but got ${flops}`);
  }
  const product = flops / TRAINING_FLOPS_PER_PARAMETER_TOKEN;
  const g = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta));
  const N = g * product ** (beta / (alpha + beta));
  return { N, D: product / N };
}
