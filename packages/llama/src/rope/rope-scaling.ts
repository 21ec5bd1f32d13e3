/** Every angle divided by `factor`: position interpolation, arXiv 2306.15595. */
export type LinearRopeScaling = {
  /** Every angle is divided by the factor (arXiv 2306.15595). */
  readonly type: 'linear';
  /** At least 1. */
  readonly factor: number;
};

/**
 * Llama 3.1's: angles of wavelengths above `originalContext / lowFreqFactor` are divided by `factor`, those below
 * `originalContext / highFreqFactor` stay, and between them both are blended (arXiv 2407.21783 and its release).
 */
export type Llama3RopeScaling = {
  /** Slow components are stretched, fast ones stay (arXiv 2407.21783). */
  readonly type: 'llama3';
  /** Divides the angles of slow components; at least 1. */
  readonly factor: number;
  /** Components that turn at most so many times within `originalContext` are slow; above 0. */
  readonly lowFreqFactor: number;
  /** Components that turn at least so many times within `originalContext` stay; above `lowFreqFactor`. */
  readonly highFreqFactor: number;
  /** Positions that the model was first trained on. */
  readonly originalContext: number;
};

/**
 * YaRN (arXiv 2309.00071): as {@link Llama3RopeScaling}, but blended by component between those that turn `betaFast` and
 * `betaSlow` times within `originalContext`; cosines and sines are multiplied by `attentionFactor`.
 */
export type YarnRopeScaling = {
  /** Slow components are stretched, fast ones stay, and attention is sharpened (arXiv 2309.00071). */
  readonly type: 'yarn';
  /** Divides the angles of slow components; at least 1. */
  readonly factor: number;
  /** Positions that the model was first trained on; above 0. */
  readonly originalContext: number;
  /** Components that turn more often than this within `originalContext` stay; above `betaSlow`, in the paper 32. */
  readonly betaFast: number;
  /** Components that turn less often than this within `originalContext` are slow; above 0, in the paper 1. */
  readonly betaSlow: number;
  /** Multiplies cosines and sines; above 0, in the paper `0.1 ln(factor) + 1`. */
  readonly attentionFactor: number;
  /** Whether the bounds of the blend are whole components. */
  readonly truncate: boolean;
};

/** How the rotary angles of a model are stretched over more positions than it was first trained on. */
export type RopeScaling = LinearRopeScaling | Llama3RopeScaling | YarnRopeScaling;

/**
 * Checks a scaling of rotary angles.
 *
 * @throws RangeError naming the field that does not fit
 */
export function validateRopeScaling(scaling: RopeScaling): void {
  if (!(scaling.factor >= 1 && scaling.factor < Infinity)) fail('factor', 'at least 1', scaling.factor);
  switch (scaling.type) {
    case 'linear':
      return;
    case 'llama3': {
      const { lowFreqFactor, highFreqFactor, originalContext } = scaling;
      requirePositive({ lowFreqFactor, highFreqFactor, originalContext });
      if (!(highFreqFactor > lowFreqFactor)) {
        fail('highFreqFactor', `above lowFreqFactor ${lowFreqFactor}`, highFreqFactor);
      }
      return;
    }
    case 'yarn': {
      const { originalContext, betaFast, betaSlow, attentionFactor } = scaling;
      requirePositive({ originalContext, betaFast, betaSlow, attentionFactor });
      if (!(betaFast > betaSlow)) fail('betaFast', `above betaSlow ${betaSlow}`, betaFast);
      return;
    }
    default:
      fail('type', 'linear, llama3 or yarn', (scaling as RopeScaling).type);
  }
}

function requirePositive(fields: Readonly<Record<string, number>>): void {
  for (const [field, value] of Object.entries(fields)) {
    if (!(value > 0 && value < Infinity)) fail(field, 'a positive number', value);
  }
}

function fail(field: string, must: string, value: unknown): never {
  throw new RangeError(`RopeScaling: ${field} must be ${must}, but got ${String(value)}`);
}
