import type { GradientAttrs, GradientFormat } from '../gradient/options.ts';

/** Options of `fp4MatMulBackward`. */
export interface Fp4BackwardOptions {
  /** How dY is rounded, for each product by itself. Default `'f32'`. */
  readonly gradient?: GradientFormat;
  /** Seed of the random bits of dX, an integer from 0 to 2^32 - 1. Needed by `'int8'` and `'nvfp4'`. */
  readonly seedDx?: number;
  /** The same of dW. */
  readonly seedDw?: number;
}

/** Attributes of the kernel `Fp4MatMulBackward`. */
export interface BackwardAttrs extends Omit<GradientAttrs, 'seed'> {
  readonly seedDx: number;
  readonly seedDw: number;
}
