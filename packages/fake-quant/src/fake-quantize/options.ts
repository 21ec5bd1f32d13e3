import type { Granularity, ScaleKind } from '@nibble-ml/fp4-format';
import type { Tensor1D } from '@tensorflow/tfjs-core';

/** The element formats by name. `'bf16'` and `'f16'` have no scale; all others have one per block. */
export type FakeQuantFormat = 'e2m1' | 'e1m2' | 'e3m0' | 'int4' | 'int8' | 'e4m3' | 'e5m2' | 'bf16' | 'f16';

/**
 * How the scale of a block follows from its elements: the kinds of `@nibble-ml/fp4-format`, which take the largest
 * magnitude (`'exact'`, the default, is one float32: RN(amax / max)), or
 *
 * - `'quest'`: 2^floor(log2(2.92247856 / 6 · rms)) with the root mean square of the block, the mean being taken as zero;
 *   the best power of two for E2M1 under a normal distribution, as after a Hadamard transform (QuEST, arXiv 2502.05003;
 *   Quartet, arXiv 2505.14669). For `'e2m1'` only. Values beyond 6 scales are clipped and get no gradient.
 */
export type FakeQuantScale = ScaleKind | 'quest';

/** Options of {@link fakeQuantize} and of its gradients. */
export interface FakeQuantizeOptions {
  /** The element format. */
  readonly format: FakeQuantFormat;
  /**
   * Which elements share a scale: all (`'tensor'`), a whole vector, or a block of n neighbours, both along `axis`, or a
   * tile `{ block: [rows, cols] }`. Default `'vector'`.
   */
  readonly granularity?: Granularity;
  /**
   * Along which axis `'vector'` and `{ block: n }` lie: 1 (default) along the rows, 0 down the columns, which is what an
   * operand needs whose product sums over rows.
   */
  readonly axis?: 0 | 1;
  /** Default `'exact'`. */
  readonly scale?: FakeQuantScale;
  /**
   * The scale is multiplied by it, a number in [1, 2); default 1. With 4/3 nothing is clipped by the scales of MXFP4
   * before stochastic rounding, which is unbiased then (Tseng et al., arXiv 2502.20586; Quartet).
   */
  readonly headroom?: number;
  /** Default `'nearestEven'`. */
  readonly rounding?: 'nearestEven' | 'stochastic';
  /**
   * For `'stochastic'`: an integer from 0 to 2^32 - 1. The random bits of an element are `counterBits(seed, index)` of
   * `@nibble-ml/fp4-format`, with its index in the tensor as stored; use each seed but once.
   */
  readonly seed?: number;
  /**
   * Learned clip factors, float32 `[1]`, or one for each block along `axis`, shared by all vectors: they multiply the
   * largest magnitude of a block before its scale follows (arXiv 2505.14302, appendix E). Should be in (0, 1], which a
   * device cannot check: a block whose product is not at least 2^-100 counts as zeros. Not with `'quest'`.
   */
  readonly clip?: Tensor1D;
}

/** Attributes of the kernels: the options without tensors, checked and complete. */
export interface FakeQuantizeAttrs {
  readonly format: FakeQuantFormat;
  readonly granularity: Granularity;
  readonly axis: 0 | 1;
  readonly scale: FakeQuantScale;
  readonly headroom: number;
  readonly rounding: 'nearestEven' | 'stochastic';
  readonly seed: number;
}
