/**
 * How a product of the backward pass rounds the gradient dY before it multiplies integers.
 *
 * - `'f32'`: fixed point of 24 bits with one unit per row of the product, nearest-even. About as accurate as float32.
 * - `'e5m2'`: to FP8 E5M2 with one power-of-two scale for the tensor (arXiv 2501.17116, section 4.1), then as `'f32'`.
 * - `'int8'`: to -127..127 with one scale per row of the product, stochastically.
 * - `'nvfp4'`: to E2M1 stochastically, in blocks of 16 along the sum with E4M3 scales (arXiv 2509.25149).
 */
export type GradientFormat = 'f32' | 'e5m2' | 'int8' | 'nvfp4';

/** Every {@link GradientFormat}. */
export const GRADIENT_FORMATS: readonly GradientFormat[] = Object.freeze(['f32', 'e5m2', 'int8', 'nvfp4']);

/** Options of `fp4MatMulDx` and `fp4MatMulDw`. */
export interface Fp4GradientOptions {
  /** How dY is rounded. Default `'f32'`. */
  readonly gradient?: GradientFormat;
  /** Seed of the random bits, an integer from 0 to 2^32 - 1. Needed by `'int8'` and `'nvfp4'`, ignored by the others. */
  readonly seed?: number;
}

/** Attributes of the kernels `Fp4MatMulDx` and `Fp4MatMulDw`. */
export interface GradientAttrs extends Required<Fp4GradientOptions> {
  /** Columns of the FP4 matrix: its last word of a row may be partly filled. */
  readonly cols: number;
}
