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
  readonly type: 'llama3';
  readonly factor: number;
  readonly lowFreqFactor: number;
  /** Above `lowFreqFactor`. */
  readonly highFreqFactor: number;
  /** Positions that the model was first trained on. */
  readonly originalContext: number;
};

/**
 * YaRN (arXiv 2309.00071): as {@link Llama3RopeScaling}, but blended by component between those that turn `betaFast` and
 * `betaSlow` times within `originalContext`; cosines and sines are multiplied by `attentionFactor`.
 */
export type YarnRopeScaling = {
  readonly type: 'yarn';
  readonly factor: number;
  readonly originalContext: number;
  readonly betaFast: number;
  readonly betaSlow: number;
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
