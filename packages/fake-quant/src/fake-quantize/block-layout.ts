import { scaleLayout } from '@nibble-ml/fp4-format';
import type { Granularity, ScaleLayout } from '@nibble-ml/fp4-format';
import type { FakeQuantizeAttrs } from './options.ts';

/** Where the blocks of a matrix lie, and its clip factors. */
export interface BlockLayout extends ScaleLayout {
  /** How many clip factors there are, if not one. */
  readonly clipCount: number;
  /** Whether clip factors count blocks down the columns instead of along the rows. */
  readonly clipsDown: boolean;
}

/** The granularity on the matrix as stored: what lies along axis 0 is a tile one column wide. */
export function storedGranularity(
  { granularity, axis }: Pick<FakeQuantizeAttrs, 'granularity' | 'axis'>,
  rows: number,
): Granularity {
  if (axis === 1) return granularity;
  if (granularity === 'vector') return { block: [Math.max(rows, 1), 1] };
  if (typeof granularity === 'object' && typeof granularity.block === 'number') {
    return { block: [granularity.block, 1] };
  }
  return granularity;
}

/** Returns where the blocks of a matrix `[rows, cols]` lie. */
export function blockLayout(
  attrs: Pick<FakeQuantizeAttrs, 'granularity' | 'axis'>,
  rows: number,
  cols: number,
): BlockLayout {
  const layout = scaleLayout(rows, cols, storedGranularity(attrs, rows));
  const clipsDown = attrs.axis === 0;
  return { ...layout, clipsDown, clipCount: clipsDown ? layout.scaleRows : layout.scaleCols };
}
