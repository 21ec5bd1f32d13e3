/** The longest sum whose result every kernel holds exactly: 144 · 116,508 < 2^24. */
export const MAX_EXACT_K = 116_508;

/** Throws a RangeError where the integer sum of a forward product would not be exact in float32. */
export function checkExactK(caller: string, k: number): void {
  if (k > MAX_EXACT_K) {
    throw new RangeError(
      `${caller}: K must be at most ${MAX_EXACT_K} for an exact sum, but got ${k}; split K and add the products`,
    );
  }
}
