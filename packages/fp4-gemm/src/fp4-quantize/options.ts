import type { ScaleKind } from '@nibble-ml/fp4-format';

/** Options of `fp4Quantize`. */
export interface Fp4QuantizeOptions {
  /**
   * Which elements share a scale: each row (a token, an output channel), all, or blocks of neighbouring columns, a
   * multiple of 8. Default `'vector'`.
   */
  readonly granularity?:
    | 'vector'
    | 'tensor'
    | {
        /** Columns of a block, a multiple of 8; the last block of a row may be shorter. */
        readonly block: number;
      };
  /**
   * How scales follow from the largest magnitude, as in `quantize` of `@nibble-ml/fp4-format`; default `'exact'`. Scales
   * of blocks are stored in the bytes of `'e8m0Floor'`, `'e8m0Ceil'` (MXFP4) and `'e4m3'` (NVFP4); all others as float32.
   */
  readonly scale?: ScaleKind;
  /** Default `'nearestEven'`. */
  readonly rounding?: 'nearestEven' | 'stochastic';
  /** For `'stochastic'`: an integer from 0 to 2^32 - 1. The same seed gives the same codes; use each but once. */
  readonly seed?: number;
}

/** Attributes of the kernel. */
export interface Fp4QuantizeAttrs extends Required<Fp4QuantizeOptions> {
  /** Columns of x: the gradient has its shape. */
  readonly cols: number;
}
