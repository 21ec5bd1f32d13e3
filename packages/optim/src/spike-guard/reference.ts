import { historyHeader, largestValue, leastSpread } from './kernel.ts';
import type { SpikeGuardAttrs } from './kernel.ts';

/**
 * Decides on one update and notes its values, every operation rounded to float32:
 *
 *     spike(x) = x − mean > threshold · max(standard deviation, |mean| / 1024)
 *
 * over the values that are remembered, once they are half a window. Spikes are remembered too, so that a lasting change
 * is accepted after a while; values that are not finite are not, and leave the update out in any case.
 *
 * @param history - changed in place; see `historyLength`
 * @param loss - undefined where it is not watched
 * @returns whether the update is left out
 */
export function spikeGuardReference(
  history: Float32Array,
  norm: number,
  loss: number | undefined,
  { window, threshold }: SpikeGuardAttrs,
): boolean {
  const [count, cursor] = [history[0]!, history[1]!];
  const values = loss === undefined ? [norm] : [norm, loss];
  const areFinite = values.every(Number.isFinite);
  let isLeftOut = !areFinite;
  for (const [series, value] of values.entries()) {
    if (!areFinite) break;
    const from = historyHeader + series * window;
    const x = Math.fround(Math.min(value, largestValue));
    if (count >= Math.max(2, window / 2) && isSpike(history.subarray(from, from + count), x, threshold))
      isLeftOut = true;
    history[from + cursor] = x;
  }
  if (areFinite) {
    history[0] = Math.min(count + 1, window);
    history[1] = cursor + 1 === window ? 0 : cursor + 1;
  }
  if (isLeftOut) history[2]! += 1;
  return isLeftOut;
}

function isSpike(past: Float32Array, x: number, threshold: number): boolean {
  const { abs, fround, max, sqrt } = Math;
  let sum = 0;
  for (const value of past) sum = fround(sum + value);
  const mean = fround(sum / past.length);
  let squares = 0;
  for (const value of past) {
    const deviation = fround(value - mean);
    squares = fround(squares + fround(deviation * deviation));
  }
  const spread = max(fround(sqrt(fround(squares / (past.length - 1)))), fround(abs(mean) * leastSpread));
  return fround(x - mean) > fround(threshold * spread);
}
