import type { RopeScaling } from './rope-scaling.ts';

/** What decides the rotary angles of a head of a given width. */
export type RopeAngles = {
  /** Base of the angles. */
  theta: number;
  /** How the angles are scaled; left out, not at all. */
  scaling?: RopeScaling;
};

/** Angles from a base and, where there is one, a scaling. */
export function anglesOf(theta: number, scaling: RopeScaling | undefined): RopeAngles {
  return scaling === undefined ? { theta } : { theta, scaling };
}

/** What turns each pair of components. */
export interface RopeFrequencies {
  /** Radians per position, one for each of the headDim / 2 pairs. */
  readonly frequencies: Float64Array;
  /** What cosines and sines are multiplied by: 1, but for YaRN. */
  readonly amplitude: number;
}

/**
 * The frequencies `theta^(-2i / headDim)` of rotary embedding (arXiv 2104.09864), scaled, in float64. The scalings have
 * the definitions of Hugging Face transformers, whose checkpoints name them.
 *
 * @param headDim - components per head, even
 */
export function ropeFrequencies(headDim: number, { theta, scaling }: RopeAngles): RopeFrequencies {
  const frequencies = Float64Array.from({ length: headDim / 2 }, (_, i) => theta ** ((-2 * i) / headDim));
  switch (scaling?.type) {
    case undefined:
      return { frequencies, amplitude: 1 };
    case 'linear':
      return { frequencies: frequencies.map((frequency) => frequency / scaling.factor), amplitude: 1 };
    case 'llama3': {
      const { factor, lowFreqFactor, highFreqFactor, originalContext } = scaling;
      const scaled = frequencies.map((frequency) => {
        const turns = (originalContext * frequency) / (2 * Math.PI);
        // 0 for the slow ones, which are interpolated, 1 for the fast ones, which stay.
        const kept = clamp01((turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor));
        return blend(frequency / factor, frequency, kept);
      });
      return { frequencies: scaled, amplitude: 1 };
    }
    case 'yarn': {
      const { factor, originalContext, betaFast, betaSlow, attentionFactor, truncate } = scaling;
      // The component, a real number, that turns so many times within the original context.
      const componentOf = (turns: number): number =>
        (headDim * Math.log(originalContext / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
      const [fast, slow] = [componentOf(betaFast), componentOf(betaSlow)];
      const low = Math.max(truncate ? Math.floor(fast) : fast, 0);
      const high = Math.min(truncate ? Math.ceil(slow) : slow, headDim - 1);
      // The blend needs some width; transformers takes the same.
      const width = low === high ? 0.001 : high - low;
      const scaled = frequencies.map((frequency, i) =>
        blend(frequency / factor, frequency, 1 - clamp01((i - low) / width)),
      );
      return { frequencies: scaled, amplitude: attentionFactor };
    }
  }
}

function blend(from: number, to: number, share: number): number {
  return (1 - share) * from + share * to;
}

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value));
}
