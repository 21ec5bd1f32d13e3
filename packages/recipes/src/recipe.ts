/** A linear layer of a LLaMA block, or the head. */
export type LinearRole = 'qkv' | 'o' | 'fc1' | 'fc2' | 'head';

/** How the gradient passes the rounding of a weight. */
export type Estimator =
  | { readonly name: 'straightThrough' }
  | {
      /** Differentiable gradient estimator, arXiv 2501.17116, section 3.1. */
      readonly name: 'dge';
      /** Exponent of the surrogate; 1 is the straight-through estimator. */
      readonly k: number;
      /** Upper bound of the surrogate's derivative. */
      readonly clip: number;
    };

/** Weights in FP4. */
export interface Fp4Weights {
  readonly format: 'e2m1';
  /** One scale per output channel, or one per tensor. */
  readonly granularity: 'channel' | 'tensor';
  readonly estimator: Estimator;
}

/** Outlier clamping, arXiv 2501.17116, section 3.2. */
export interface OutlierHandling {
  /** Two-sided quantile that each token's activations are clamped to; 1 clamps nothing. */
  readonly alpha: number;
  /** Whether what was cut off is multiplied in f32 and added. */
  readonly compensation: boolean;
}

/** Activations in FP4. */
export interface Fp4Activations {
  readonly format: 'e2m1';
  /** One scale per token, or one per tensor. */
  readonly granularity: 'token' | 'tensor';
  readonly outliers: OutlierHandling | null;
}

/** An operand that is not quantized. */
export interface F32Operand {
  readonly format: 'f32';
}

/** The output gradient of a layer, rounded before both backward products; see `Fp4GradientOptions` of fp4-gemm. */
export interface QuantizedGradients {
  /** `int8` and `nvfp4` are rounded stochastically, `e5m2` to nearest with one scale in all. */
  readonly format: 'e5m2' | 'int8' | 'nvfp4';
}

/**
 * A precision recipe as plain, JSON-able data: which operand of which linear layer is quantized how, and with which
 * gradient estimator.
 */
export interface Recipe {
  readonly name: string;
  readonly description: string;
  /** Where the recipe comes from: arXiv id and section. */
  readonly source: string;
  readonly weights: F32Operand | Fp4Weights;
  readonly activations: F32Operand | Fp4Activations;
  /** Precision of the output gradient in both backward products. */
  readonly gradients: F32Operand | QuantizedGradients;
  /** The linear layers that follow the recipe; the others run in f32. */
  readonly roles: readonly LinearRole[];
}
