/**
 * How a value between two representable neighbours is rounded.
 *
 * - `'nearestEven'`: to the nearer; a tie goes to the even code. What OCP MX, ml_dtypes and CUDA do.
 * - `'tiesUp'`: to the nearer; a tie goes toward +infinity (the `<` ladder of arXiv 2501.17116, appendix A). Unlike
 *   that kernel, a negative value that rounds to zero keeps its sign.
 * - `'halfAway'`: to the nearer; a tie goes away from zero (the default of microxcaling).
 * - `'stochastic'`: away from zero with a probability equal to the fraction of the step, from explicit random bits, of
 *   which the upper 24 of 32 count: up if `(bits >>> 8) < fraction * 2^24`. Both sides are exact in float32, so GPUs and
 *   SIMD units decide alike. The probability is that of the fraction rounded up to a multiple of 2^-24.
 */
export type RoundingMode = 'nearestEven' | 'tiesUp' | 'halfAway' | 'stochastic';

/**
 * Returns whether a magnitude is rounded up from its lower neighbour.
 *
 * @param fraction - Position between the neighbours, in [0, 1).
 * @param isOdd - Whether the lower neighbour's code is odd.
 * @param isNegative - Whether the value carries a minus sign.
 * @param randomBits - An unsigned 32-bit integer; read only by `'stochastic'`.
 */
export function roundsUp(
  rounding: RoundingMode,
  fraction: number,
  isOdd: boolean,
  isNegative: boolean,
  randomBits: number,
): boolean {
  switch (rounding) {
    case 'nearestEven':
      return fraction > 0.5 || (fraction === 0.5 && isOdd);
    case 'tiesUp':
      return fraction > 0.5 || (fraction === 0.5 && !isNegative);
    case 'halfAway':
      return fraction >= 0.5;
    case 'stochastic':
      return randomBits >>> 8 < fraction * 2 ** 24;
  }
}

/**
 * Checks a rounding mode that may come from untyped code.
 *
 * @throws TypeError if the mode is unknown.
 */
export function checkRounding(caller: string, rounding: RoundingMode): void {
  const known: readonly string[] = ['nearestEven', 'tiesUp', 'halfAway', 'stochastic'];
  if (!known.includes(rounding)) {
    throw new TypeError(
      `${caller}: rounding must be one of ${known.join(', ')}, but got ${String(rounding)}`,
    );
  }
}
