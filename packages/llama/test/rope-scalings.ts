import type { LinearRopeScaling, Llama3RopeScaling, YarnRopeScaling } from '../src/rope/rope-scaling.ts';

/** One of each kind, with every regime of its blend at heads of 16 and theta 500,000. */
export const SCALINGS: {
  readonly linear: LinearRopeScaling;
  readonly llama3: Llama3RopeScaling;
  readonly yarn: YarnRopeScaling;
} = {
  linear: { type: 'linear', factor: 4 },
  llama3: { type: 'llama3', factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalContext: 64 },
  yarn: {
    type: 'yarn',
    factor: 4,
    originalContext: 64,
    betaFast: 8,
    betaSlow: 0.5,
    attentionFactor: 0.1 * Math.log(4) + 1,
    truncate: true,
  },
};
