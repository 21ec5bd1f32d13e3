import type { Fp4BlockAttributes } from '../fp4-attributes.ts';
import type { BlockScaleFormat } from '../fp4-scales/block-scales.ts';

/** Attributes of `Fp4BlockMatMul`. A block of 0 columns means one scale per row or in all; at most one operand has that. */
export interface BlockMatMulAttributes {
  /** Columns of both operands (K). */
  readonly cols: number;
  readonly xBlock: number;
  readonly xScaleFormat: BlockScaleFormat;
  readonly wBlock: number;
  readonly wScaleFormat: BlockScaleFormat;
}

/** The attributes of one operand. */
export function operandAttributes(
  { cols, xBlock, xScaleFormat, wBlock, wScaleFormat }: BlockMatMulAttributes,
  operand: 'x' | 'w',
): Fp4BlockAttributes {
  return operand === 'x'
    ? { cols, block: xBlock, scaleFormat: xScaleFormat }
    : { cols, block: wBlock, scaleFormat: wScaleFormat };
}

/** Columns of a block of the product. */
export function productBlock({ xBlock, wBlock }: BlockMatMulAttributes): number {
  return Math.max(xBlock, wBlock);
}
