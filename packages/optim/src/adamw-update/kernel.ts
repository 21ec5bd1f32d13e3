/**
 * Name of the kernel, which returns nothing and updates `parameter`, `firstMoment` and `secondMoment` in place from
 * `gradient` and the scalar `clipFactor`.
 */
export const adamWUpdateKernel = 'NibbleAdamWUpdate';

/**
 * Coefficients of one update, float32 values that the host computes in float64. They are data of each step and never
 * part of a shader's text.
 */
export interface AdamWCoefficients {
  /** β₁ */
  readonly beta1: number;
  /** 1 − β₁ */
  readonly oneMinusBeta1: number;
  /** β₂ */
  readonly beta2: number;
  /** 1 − β₂ */
  readonly oneMinusBeta2: number;
  /** learning rate / (1 − β₁ᵗ) */
  readonly stepSize: number;
  /** 1 / (1 − β₂ᵗ) */
  readonly secondCorrection: number;
  /** ε, added to the square root */
  readonly epsilon: number;
  /** learning rate · weight decay; 0 for a tensor that does not decay */
  readonly decay: number;
}

/** Options that {@link adamWCoefficients} takes the coefficients from. */
export interface AdamWHyperparameters {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/**
 * The coefficients of update `step`, counted from 1.
 *
 * @param learningRate - of this step
 * @param decays - whether the tensor decays
 */
export function adamWCoefficients(
  { beta1, beta2, epsilon, weightDecay }: AdamWHyperparameters,
  step: number,
  learningRate: number,
  decays: boolean,
): AdamWCoefficients {
  const { fround } = Math;
  return {
    beta1: fround(beta1),
    oneMinusBeta1: fround(1 - beta1),
    beta2: fround(beta2),
    oneMinusBeta2: fround(1 - beta2),
    stepSize: fround(learningRate / (1 - beta1 ** step)),
    secondCorrection: fround(1 / (1 - beta2 ** step)),
    epsilon: fround(epsilon),
    decay: decays ? fround(learningRate * weightDecay) : 0,
  };
}
