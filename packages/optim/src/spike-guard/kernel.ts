/**
 * Name of the kernel, which returns nothing. From the scalars `norm` and, where it is watched, `loss`, it decides
 * whether this update is left out: it then sets the scalar `clipFactor` to 0. It notes what it saw in `history`
 * (float32, see {@link historyLength}).
 */
export const spikeGuardKernel = 'NibbleSpikeGuard';

/** Attributes of the kernel. */
export interface SpikeGuardAttrs {
  /** How many values are remembered. */
  readonly window: number;
  /** Standard deviations above the mean from which on a value is a spike; a float32 value. */
  readonly threshold: number;
}

/** What `history` begins with: values remembered so far, place of the next one, updates left out. */
export const historyHeader = 3;

/** Elements of `history`: the header, the last norms and, where it is watched, the last losses. */
export function historyLength(window: number, watchLoss: boolean): number {
  return historyHeader + window * (watchLoss ? 2 : 1);
}

/** Larger values count as this one, so that their squares add up in float32. */
export const largestValue = 1e15;

/** The least standard deviation, as a fraction of the mean: a series that hardly moves has no spikes. */
export const leastSpread: number = 2 ** -10;
