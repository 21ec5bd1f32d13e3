import { MAX_EXACT_K } from '../exact-sum.ts';
import { GRADIENT_FORMATS } from './options.ts';
import type { Fp4GradientOptions } from './options.ts';

const MAX_SEED = 2 ** 32 - 1;

/**
 * Checks the options and fills them in; the seed is 0 where none is needed.
 *
 * @param seedName - what the caller names the seed
 * @throws TypeError when the format is unknown; RangeError when the seed is missing or no integer of 32 bits
 */
export function checkGradient(
  caller: string,
  { gradient = 'f32', seed }: Fp4GradientOptions,
  seedName = 'seed',
): Required<Fp4GradientOptions> {
  if (!GRADIENT_FORMATS.includes(gradient)) {
    throw new TypeError(
      `${caller}: gradient must be 'f32', 'e5m2', 'int8' or 'nvfp4', but got '${String(gradient)}'`,
    );
  }
  if (seed === undefined) {
    if (gradient === 'f32' || gradient === 'e5m2') return { gradient, seed: 0 };
    throw new RangeError(
      `${caller}: ${seedName} must be given for gradient '${gradient}', which rounds stochastically; pass a new one at each step`,
    );
  }
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED)) {
    throw new RangeError(`${caller}: ${seedName} must be an integer from 0 to ${MAX_SEED}, but got ${seed}`);
  }
  return { gradient, seed };
}

/** Throws a RangeError unless sums over `steps` products stay within the integers that every backend holds. */
export function checkSummedLength(caller: string, name: string, steps: number): void {
  if (steps > MAX_EXACT_K) {
    throw new RangeError(
      `${caller}: ${name} must be at most ${MAX_EXACT_K} for an exact sum, but got ${steps}; split dy and add the products`,
    );
  }
}
