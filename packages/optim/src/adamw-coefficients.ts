/** Numbers that {@link adamWCoefficients} takes the coefficients from. */
export interface AdamWHyperparameters {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

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
  /** learning rate · weight decay, for the tensors that decay */
  readonly decay: number;
}

/**
 * The coefficients of update `step`, counted from 1.
 *
 * @param learningRate - of this step
 */
export function adamWCoefficients(
  { beta1, beta2, epsilon, weightDecay }: AdamWHyperparameters,
  step: number,
  learningRate: number,
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
    decay: fround(learningRate * weightDecay),
  };
}
