/** Options of {@link fp4Speedup}. */
export interface Fp4SpeedupOptions {
  /** Width of the model, h. */
  readonly dim: number;
  /** Tokens per sequence, s. */
  readonly context: number;
  /** How many times faster an FP4 product is than one in full precision. Default 4. */
  readonly gemmSpeed?: number;
  /** Whether the weights' gradient goes through the differentiable gradient estimator. Default false. */
  readonly gradientEstimator?: boolean;
  /** Quantile that activations are clamped to, with the cut-off part multiplied beside; 1 (the default) clamps nothing. */
  readonly alpha?: number;
  /**
   * What the sparse product of outlier compensation counts: `'stated'` gives the paper's figures, 2.95 and 5.6 %, and is
   * the default; `'printed'` is its formula, which has half of that and gives 3.03 and 2.8 %.
   */
  readonly compensation?: 'stated' | 'printed';
}

/** Theoretical cost of a block and what FP4 gains. */
export interface Fp4Speedup {
  /** Full-precision time over FP4 time. */
  readonly speedup: number;
  /** Cost of outlier compensation, as a share of the FP4 time without corrections. */
  readonly compensationShare: number;
  /** Cost of the gradient estimator, as a share of the same. */
  readonly estimatorShare: number;
}

/**
 * Theoretical speed-up of FP4 training of a LLaMA-like block by FLOPs, arXiv 2501.17116, appendix B: per token and unit
 * of width 24 h for matrix products, 5 s for attention scores and softmax, 36 for norms and activation; the products
 * alone get faster. The estimator's 96 b s h, once per step, is a third of that, 32, per pass. Compensation multiplies
 * the share 2 (1 − α) of the activations with all weights: 48 (1 − α) h, where the paper prints 24 (1 − α) h.
 */
export function fp4Speedup(options: Fp4SpeedupOptions): Fp4Speedup {
  const {
    dim,
    context,
    gemmSpeed = 4,
    gradientEstimator = false,
    alpha = 1,
    compensation = 'stated',
  } = options;
  const products = 24 * dim;
  const rest = 5 * context + 36;
  const ideal = products / gemmSpeed + rest;
  const estimator = gradientEstimator ? 32 : 0;
  const sparse = (compensation === 'stated' ? 2 : 1) * (1 - alpha) * products;
  return {
    speedup: (products + rest) / (ideal + estimator + sparse),
    compensationShare: sparse / ideal,
    estimatorShare: estimator / ideal,
  };
}
