import type { ScaleKind } from '@nibble-ml/fp4-format';
import { scaleWordsPerRow } from '../fp4-scales/block-scales.ts';
import type { BlockScaleFormat } from '../fp4-scales/block-scales.ts';
import type { Fp4QuantizeAttrs } from './options.ts';

/** What a kernel has to know about the scales of a matrix `[rows, cols]`. */
export interface QuantizeLayout {
  /** Which elements share a scale. */
  readonly scope: 'vector' | 'tensor' | 'block';
  /** Columns that share a scale. */
  readonly blockCols: number;
  /** Scales of a row; with the scope 'tensor' 1, which all rows share. */
  readonly rowScales: number;
  /** How scales are stored. */
  readonly format: BlockScaleFormat;
  /** Values of the tensor of scales. */
  readonly scaleCount: number;
}

/** Returns the layout of scales that the attributes ask for. */
export function quantizeLayout(
  rows: number,
  cols: number,
  { granularity, scale }: Fp4QuantizeAttrs,
): QuantizeLayout {
  if (typeof granularity === 'string') {
    const scaleCount = granularity === 'vector' ? rows : 1;
    return { scope: granularity, blockCols: cols, rowScales: 1, format: 'f32', scaleCount };
  }
  const { block } = granularity;
  const rowScales = Math.ceil(cols / block);
  const format = blockScaleFormat(scale);
  return {
    scope: 'block',
    blockCols: block,
    rowScales,
    format,
    scaleCount: rows * scaleWordsPerRow(format, rowScales),
  };
}

/** How the scales of blocks are stored. */
export function blockScaleFormat(scale: ScaleKind): BlockScaleFormat {
  switch (scale) {
    case 'e8m0Floor':
    case 'e8m0Ceil':
      return 'e8m0';
    case 'e4m3':
      return 'e4m3';
    default:
      return 'f32';
  }
}
