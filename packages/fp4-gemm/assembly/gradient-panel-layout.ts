import { GROUP_STEPS, TILE_ROWS } from './fp4-tile';
import { planesOf, productRows } from './gradient-operand';

// Panels of the left operand of a gradient product, of the same shape as those of codes: for every group of steps four
// bytes of each row. A row of the product takes as many rows of the panel as its integers have digits.

/** Bytes that four steps take. */
export const FOUR_STEPS: usize = (4 / GROUP_STEPS) * TILE_ROWS * 4;

/** Bytes of a panel, which is one tile high. */
@inline
export function gradientPanelBytes(steps: usize): usize {
  return ((steps + 3) >> 2) * FOUR_STEPS;
}

/** Where a row of the product begins in panels that are `panelBytes` apart. */
@inline
export function rowOffset(row: usize, panelBytes: usize, format: i32): usize {
  const inTile = productRows(format);
  return (row / inTile) * panelBytes + (row % inTile) * planesOf(format) * 4;
}
