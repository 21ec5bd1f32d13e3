/** A format of at most 8 bits, used with scales; the names of fp4-format in lower case. */
export type ElementName = 'e2m1' | 'e1m2' | 'e3m0' | 'int4' | 'int8' | 'e4m3' | 'e5m2';

/** How scales follow from what shares them: the kinds of fp4-format, and QuEST's. */
export type ScaleName =
  | 'exact'
  | 'powerOfTwo'
  | 'e8m0Floor'
  | 'e8m0Ceil'
  | 'e4m3'
  /**
   * 2^floor(log2(2.92247856 / 6 · rms)), rms being the root mean square of the block (QuEST, arXiv 2502.05003). It
   * clips, and no gradient passes what is clipped (the trust estimator of that paper).
   */
  | 'quest';

/** Elements that share a scale: n neighbours along the sum, or tiles of r rows and c columns. */
export interface Blocks {
  /** n, or [r, c]; integers of at least 1. */
  readonly block: number | readonly [rows: number, cols: number];
}

/** An operand that is not rounded, or rounded to BF16 without a scale. */
export interface UnscaledOperand {
  /** `f32` leaves the values as they are. */
  readonly format: 'f32' | 'bf16';
}

/** How the gradient passes the rounding of a weight. */
export type Estimator =
  | {
      /** The gradient passes as if nothing had been rounded. */
      readonly name: 'straightThrough';
    }
  | {
      /** Differentiable gradient estimator, arXiv 2501.17116, section 3.1. */
      readonly name: 'dge';
      /** k of the surrogate |u|^(1/k), from 1 to 100; 1 is the straight-through estimator. */
      readonly k: number;
      /** Upper bound of the surrogate's derivative, positive. */
      readonly clip: number;
    };

/** Weights `[N, K]` with scales. */
export interface QuantizedWeights {
  /** Of each element. */
  readonly format: ElementName;
  /** One scale per output channel, one per tensor, or blocks. */
  readonly granularity: 'channel' | 'tensor' | Blocks;
  /** How a scale follows from its elements; `quest` is for E2M1 in blocks of columns. */
  readonly scale: ScaleName;
  /** How the gradient passes the rounding; `dge` is for E2M1 weights without a Hadamard transform. */
  readonly estimator: Estimator;
}

/** Outlier clamping, arXiv 2501.17116, section 3.2. */
export interface OutlierHandling {
  /** Two-sided quantile that each token's activations are clamped to, in (0.5, 1]; 1 clamps nothing. */
  readonly alpha: number;
  /** In which precision what was cut off is multiplied and added, or null to leave it out. */
  readonly compensation: 'f32' | 'e4m3' | null;
}

/** Activations `[M, K]` with scales. */
export interface QuantizedActivations {
  /** Of each element. */
  readonly format: ElementName;
  /** One scale per token, one per tensor, or blocks. */
  readonly granularity: 'token' | 'tensor' | Blocks;
  /** How a scale follows from its elements; `quest` is for E2M1 in blocks of columns. */
  readonly scale: ScaleName;
  /** What is clamped before quantization, or null for nothing; for E2M1 with exact scales per token. */
  readonly outliers: OutlierHandling | null;
  /**
   * `learned`: the largest magnitude is multiplied by a trained factor, one per block of a row, shared by all tokens
   * (LAC, arXiv 2505.14302, appendix E).
   */
  readonly clip: 'learned' | null;
}

/** An operand of the forward product. */
export type ForwardOperand = UnscaledOperand | QuantizedWeights | QuantizedActivations;

/** The formats of an output gradient that both backward products take. */
export type GradientFormat = 'f32' | 'bf16' | 'e5m2' | 'int8' | 'nvfp4';

/**
 * The output gradient is rounded, for each backward product by itself; the other operand is what the forward product
 * took. `int8` and `nvfp4` are rounded stochastically, with scales along the sum of the product: one per row, and blocks
 * of 16. `e5m2` is rounded to nearest with one scale in all.
 */
export interface SharedGradients {
  /**
   * What dY is rounded to; `f32` leaves it as it is, but for products with packed codes of one scale per row or tensor,
   * which take it in fixed point of 24 bits with one unit per row (`GradientFormat` of fp4-gemm).
   */
  readonly format: GradientFormat;
}

/** An operand of a backward product that is quantized anew, with scales along the sum of that product. */
export interface RequantizedOperand {
  /** Of each element. */
  readonly format: ElementName;
  /** Whether the unquantized tensor is quantized, or the values that the forward product took. */
  readonly of: 'original' | 'forward';
  /** `vector` is one scale per row of the product. */
  readonly granularity: 'vector' | 'tensor' | Blocks;
  /** How a scale follows from its elements; not `quest`, which is for forward operands. */
  readonly scale: ScaleName;
  /** Multiplies the scale, from 1 to below 2. 4/3 keeps what lies above the largest value in range (arXiv 2502.20586). */
  readonly headroom: number;
  /** `stochastic` rounds up or down so that the mean is the value, with a seed of its own in each product. */
  readonly rounding: 'nearestEven' | 'stochastic';
}

/** An operand of a backward product: the values of the forward product, unscaled, or quantized anew. */
export type BackwardOperand =
  | {
      /** The values that the forward product took. */
      readonly format: 'asForward';
    }
  | UnscaledOperand
  | RequantizedOperand;

/**
 * A random Hadamard transform of both operands of a product along its sum, which it leaves unchanged (arXiv 2509.25149,
 * section 4.2).
 */
export interface RandomHadamard {
  /** Neighbours along the sum that are mixed; the sum is filled up with zeros to a multiple. */
  readonly size: HadamardSize;
  /** `fixed`: the same signs for all layers and steps; `fresh`: others for every product. */
  readonly signs: 'fixed' | 'fresh';
}

/** How many neighbours a Hadamard transform mixes. */
export type HadamardSize = 16 | 32 | 64 | 128;

/** Each backward product has operands of its own. */
export interface ProductGradients {
  /** Tells this from {@link SharedGradients}. */
  readonly format: 'perProduct';
  /** dX = dY · W, summed over output channels. */
  readonly dgrad: {
    /** dY `[M, N]`; requantized, of `original`. */
    readonly gradient: UnscaledOperand | RequantizedOperand;
    /** W `[N, K]`. */
    readonly weights: BackwardOperand;
    /** Of dY and W along N, or null for none. */
    readonly hadamard: RandomHadamard | null;
  };
  /** dW = dYᵀ · X, summed over tokens. */
  readonly wgrad: {
    /** dY `[M, N]`; requantized, of `original`. */
    readonly gradient: UnscaledOperand | RequantizedOperand;
    /** X `[M, K]`. */
    readonly activations: BackwardOperand;
    /** Of dY and X along M, or null for none. */
    readonly hadamard: RandomHadamard | null;
  };
}

/** What the three products of a linear layer take. */
export interface LayerPrecision {
  /** W `[N, K]` of the forward product, a row per output channel. */
  readonly weights: UnscaledOperand | QuantizedWeights;
  /** X `[M, K]` of the forward product, a row per token. */
  readonly activations: UnscaledOperand | QuantizedActivations;
  /** What the two backward products take. */
  readonly gradients: SharedGradients | ProductGradients;
  /** Size of a Hadamard transform of weights and activations along K before they are quantized, or null. */
  readonly hadamard: HadamardSize | null;
}
