import { checkBlock, checkSeed } from '../check-operands.ts';
import type { Fp4QuantizeOptions } from './options.ts';
import { SCALE_KINDS } from './scale-kind.ts';

/**
 * Checks the options of a quantizer.
 *
 * @throws TypeError when an option is unknown or stochastic rounding comes without a seed; RangeError when a block is no
 *   multiple of 8 or the seed is out of range
 */
export function checkQuantizeOptions(caller: string, options: Fp4QuantizeOptions): void {
  const { granularity = 'vector', scale = 'exact', rounding = 'nearestEven', seed } = options;
  const block: unknown = (granularity as { block?: unknown }).block;
  if (typeof block === 'number') {
    checkBlock(caller, block);
  } else if (granularity !== 'vector' && granularity !== 'tensor') {
    throw new TypeError(
      `${caller}: granularity must be 'vector', 'tensor' or { block: n }, but got ${JSON.stringify(granularity)}`,
    );
  }
  if (!Object.hasOwn(SCALE_KINDS, scale)) {
    throw new TypeError(
      `${caller}: scale must be one of ${Object.keys(SCALE_KINDS).join(', ')}, but got '${String(scale)}'`,
    );
  }
  if (rounding !== 'nearestEven' && rounding !== 'stochastic') {
    throw new TypeError(
      `${caller}: rounding must be 'nearestEven' or 'stochastic', but got '${String(rounding)}'`,
    );
  }
  if (seed !== undefined) checkSeed(caller, seed);
  if (rounding === 'stochastic' && seed === undefined) {
    throw new TypeError(`${caller}: rounding 'stochastic' must come with a seed, but got none`);
  }
}
