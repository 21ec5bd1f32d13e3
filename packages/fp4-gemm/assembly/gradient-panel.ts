import { TILE_ROWS } from './fp4-tile';
import { packDigitColumns, packDigitRow } from './gradient-digits';
import { packInt8Columns, packInt8Row } from './gradient-int8';
import { GradientOperand, HAS_CORRECTIONS, INT8, productRows } from './gradient-operand';
import { FOUR_STEPS, gradientPanelBytes, rowOffset } from './gradient-panel-layout';

/** Steps of neighbouring columns that are packed at a time, so that a cache line is fetched once for all its columns. */
const CHUNK_STEPS: usize = 64;

/**
 * Rounds `count` rows from `row0` on, `steps` steps from `step0` on, which is a multiple of 16, to panels of digits. Rows
 * beyond them that fill a tile are left as they are.
 *
 * @param corrections - int32, one for each row of the panels: -12 times the sum of its digits
 */
export function packGradient(
  g: GradientOperand,
  row0: usize,
  count: usize,
  step0: usize,
  steps: usize,
  panels: usize,
  corrections: usize,
): void {
  const format = g.format;
  const panelBytes = gradientPanelBytes(steps);
  const inTile = productRows(format);
  if (HAS_CORRECTIONS) {
    const tiles = (((count + 3) & ~3) + inTile - 1) / inTile;
    memory.fill(corrections, 0, tiles * TILE_ROWS * 4);
  }
  if (g.isTransposed) {
    for (let step: usize = 0; step < steps; step += CHUNK_STEPS) {
      const length = min(CHUNK_STEPS, steps - step);
      const from = panels + (step >> 2) * FOUR_STEPS;
      for (let row: usize = 0; row < count; row += 4) {
        const valid = min<usize>(4, count - row);
        if (format == INT8) packInt8Columns(g, row0, row, valid, step0 + step, length, from, panelBytes, corrections);
        else packDigitColumns(g, row0, row, valid, step0 + step, length, from, panelBytes, corrections);
      }
    }
  } else {
    for (let row: usize = 0; row < count; row++) {
      const out = panels + rowOffset(row, panelBytes, format);
      const correction = corrections + rowOffset(row, TILE_ROWS * 4, format);
      if (format == INT8) packInt8Row(g, row0 + row, step0, steps, out, correction);
      else packDigitRow(g, row0 + row, step0, steps, out, correction);
    }
  }
}
