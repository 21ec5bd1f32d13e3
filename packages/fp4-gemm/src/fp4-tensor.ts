import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { BlockScaleFormat } from './fp4-scales/block-scales.ts';

/**
 * A matrix `[rows, cols]` of E2M1 codes on the current tfjs backend. `value = decode(code) * scale`; whoever made it
 * disposes it with {@link disposeFp4}.
 */
export type Fp4Tensor = Fp4RowScaled | Fp4BlockScaled;

/** An {@link Fp4Tensor} with one scale per row or one in all. */
export interface Fp4RowScaled {
  /** Rows of the matrix. */
  readonly rows: number;
  /** Columns of the matrix, K. */
  readonly cols: number;
  /** int32 `[rows, ceil(cols / 8)]`: code `i` of a row in bits `4 * (i % 8)` of word `i / 8`; the tail is zero. */
  readonly codes: Tensor2D;
  /** float32 `[rows]` for one scale per row ('vector'), `[1]` for one in all ('tensor'). */
  readonly scales: Tensor1D;
  /** One scale per row, or one in all. */
  readonly granularity: 'vector' | 'tensor';
}

/** An {@link Fp4Tensor} with one scale per block of columns of a row: MXFP4, NVFP4 and their relatives. */
export interface Fp4BlockScaled {
  /** Rows of the matrix. */
  readonly rows: number;
  /** Columns of the matrix, K. */
  readonly cols: number;
  /** As in {@link Fp4RowScaled}. */
  readonly codes: Tensor2D;
  /** Blocks of columns of one row, each with a scale. */
  readonly granularity: {
    /** Columns of a block, a multiple of 8; the last block of a row may be shorter. */
    readonly block: number;
  };
  /** How `scales` are stored. */
  readonly scaleFormat: BlockScaleFormat;
  /**
   * The scales of the rows one after the other, with `blocks = ceil(cols / block)`. 'f32': float32 `[rows * blocks]`.
   * 'e8m0', 'e4m3': int32 `[rows * ceil(blocks / 4)]`, the code of block `b` of a row in bits `8 * (b % 4)` of word
   * `b / 4`; the tail is zero.
   */
  readonly scales: Tensor1D;
  /** float32 `[1]`, which multiplies every scale of 'e4m3'; null with the other formats. */
  readonly tensorScale: Tensor1D | null;
}

/** Whether a tensor has a scale per block of columns. */
export function isBlockScaled(tensor: Fp4Tensor): tensor is Fp4BlockScaled {
  return typeof tensor.granularity === 'object';
}

/** Disposes the codes and scales. */
export function disposeFp4(tensor: Fp4Tensor): void {
  tensor.codes.dispose();
  tensor.scales.dispose();
  if (isBlockScaled(tensor)) tensor.tensorScale?.dispose();
}
