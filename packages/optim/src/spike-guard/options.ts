/** Options of the guard against spikes. */
export interface SpikeGuardOptions {
  /** How many of the last values are compared with, 4 to 4096. Default 128. The guard acts from half of it on. */
  readonly window?: number;
  /**
   * A value is a spike when it is this many standard deviations above the mean, which count as at least 1/1024 of the mean;
   * positive, at most 1e6. Default 6.
   */
  readonly threshold?: number;
  /** Whether the loss is watched as well as the gradient norm; each step is then given it. Default false. */
  readonly watchLoss?: boolean;
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a number is out of range
 */
export function resolveSpikeGuard(options: SpikeGuardOptions): Required<SpikeGuardOptions> {
  const { window = 128, threshold = 6, watchLoss = false } = options;
  if (!(Number.isInteger(window) && window >= 4 && window <= 4096)) {
    throw new RangeError(
      `createAdamW: skipSpikes.window must be an integer from 4 to 4096, but got ${window}; 128 is usual`,
    );
  }
  if (!(threshold > 0 && threshold <= 1e6)) {
    throw new RangeError(
      `createAdamW: skipSpikes.threshold must be positive and at most 1e6, but got ${threshold}; 6 is usual`,
    );
  }
  return { window, threshold, watchLoss };
}
