import { codeColumnsBytes, packCodeColumns, PANELS } from './code-columns';
import { multiplyTile, TILE_COLS, TILE_ROWS } from './fp4-tile';
import { finishGradientTile } from './gradient-finish';
import { GradientOperand, NVFP4, NVFP4_BLOCK_LOG2, productRows } from './gradient-operand';
import { packGradient } from './gradient-panel';
import { gradientPanelBytes } from './gradient-panel-layout';
import { findScales } from './gradient-scales';

/** Steps of the sum that are packed at a time, a multiple of 16: a panel of codes stays in the first-level cache. */
const BLOCK_STEPS: usize = 2048;
/** Bytes of digits that are kept in the second-level cache while all codes pass by. */
const BLOCK_BYTES: usize = 512 * 1024;

// Scratch: the operand, one tile of sums, then arrays by row, panels and, with more than one block of steps, lower bits.
const SUMS: usize = 128;
const ARRAYS: usize = SUMS + 192;

/** Rows of arrays, a whole number of vectors. */
@inline
function arrayBytes(rows: usize): usize {
  return ((rows + 3) & ~3) << 2;
}

@inline
function blocksOf(steps: usize): usize {
  return (steps + (1 << NVFP4_BLOCK_LOG2) - 1) >> NVFP4_BLOCK_LOG2;
}

/** Rows that are packed at a time: a multiple of 12, so that tiles and groups of four rows end with it. */
function blockRows(rows: usize, steps: usize, format: i32): usize {
  const panel = max<usize>(gradientPanelBytes(min(steps, BLOCK_STEPS)), 1);
  const fitting = (BLOCK_BYTES / panel) * productRows(format);
  return max<usize>(min<usize>(fitting / 12, (rows + 11) / 12), 1) * 12;
}

/** Bytes of scratch that {@link gradientMatMul} needs. */
export function gradientMatMulScratch(rows: usize, steps: usize, cols: usize, format: i32): usize {
  const block = blockRows(rows, steps, format);
  const longest = min(steps, BLOCK_STEPS);
  const tiles = block / productRows(format);
  const arrays = arrayBytes(rows) * (format == NVFP4 ? 1 + 2 * blocksOf(steps) : 2);
  const panels = PANELS * codeColumnsBytes(longest) + tiles * (TILE_ROWS * 4 + gradientPanelBytes(longest));
  return ARRAYS + arrays + panels + (steps > BLOCK_STEPS ? (block * cols) << 2 : 0);
}

/**
 * Out[rows, cols] = G · Q: dX = dY · W_q, or with `isTransposed` dW = dYᵀ · X_q. Q `[steps, cols]` is packed codes with a
 * scale per row (scale stride 1) or one in all (0). The definition is `src/gradient/reference.ts`.
 *
 * @param start - lowbias32 of the seed
 */
export function gradientMatMul(
  dy: usize,
  isTransposed: bool,
  codes: usize,
  scales: usize,
  scaleStride: usize,
  rows: usize,
  steps: usize,
  cols: usize,
  format: i32,
  start: i32,
  out: usize,
  scratch: usize,
): void {
  const g = changetype<GradientOperand>(scratch);
  g.dy = dy;
  g.isTransposed = isTransposed;
  g.rows = rows;
  g.steps = steps;
  g.scales = scales;
  g.scaleBytes = scaleStride << 2;
  g.format = format;
  g.start = start;
  g.units = scratch + ARRAYS;
  g.factors = g.units + arrayBytes(rows);
  let end = g.factors + arrayBytes(rows);
  g.multipliers = g.factors;
  g.factorRowBytes = 4;
  g.factorBlockBytes = 0;
  if (format == NVFP4) {
    const blocks = blocksOf(steps);
    const bytes = isTransposed ? arrayBytes(rows) * blocks : (rows * blocks) << 2;
    g.multipliers = g.factors + bytes;
    end = g.multipliers + ((bytes + 15) & ~15);
    g.factorRowBytes = isTransposed ? 4 : blocks << 2;
    g.factorBlockBytes = isTransposed ? arrayBytes(rows) : 4;
  }
  findScales(g);
  multiply(g, codes, cols, out, scratch + SUMS, end);
}

function multiply(g: GradientOperand, codes: usize, cols: usize, out: usize, sums: usize, scratch: usize): void {
  const rows = g.rows;
  const steps = g.steps;
  const format = g.format;
  const rowBytes = ((cols + 7) >> 3) << 2;
  const longest = min(steps, BLOCK_STEPS);
  const block = blockRows(rows, steps, format);
  const inTile = productRows(format);
  const tiles = block / inTile;
  const right = scratch;
  const left = right + PANELS * codeColumnsBytes(longest);
  const corrections = left + tiles * gradientPanelBytes(longest);
  const low = corrections + tiles * TILE_ROWS * 4;
  for (let row0: usize = 0; row0 < rows; row0 += block) {
    const count = min(block, rows - row0);
    // No steps still make one pass: the products are zeros.
    let step0: usize = 0;
    do {
      const length = min(steps - step0, BLOCK_STEPS);
      const panelBytes = gradientPanelBytes(length);
      const rightBytes = codeColumnsBytes(length);
      packGradient(g, row0, count, step0, length, left, corrections);
      for (let column: usize = 0; column < cols; column += TILE_COLS) {
        const panel = (column / TILE_COLS) % PANELS;
        if (panel == 0) {
          const words = min(PANELS, (cols - column + 7) >> 3);
          packCodeColumns(right, codes + step0 * rowBytes + (column >> 1), rowBytes, length, words);
        }
        let leftPanel = left;
        let correction = corrections;
        for (let row: usize = 0; row < count; row += inTile, leftPanel += panelBytes, correction += TILE_ROWS * 4) {
          multiplyTile(leftPanel, right + panel * rightBytes, rightBytes >> 5, correction, sums);
          finishGradientTile(
            sums,
            g.units + ((row0 + row) << 2),
            out + (((row0 + row) * cols + column) << 2),
            low + ((row * cols + column) << 2),
            cols << 2,
            min(inTile, count - row),
            min(TILE_COLS, cols - column),
            format,
            step0 == 0,
            step0 + length == steps,
          );
        }
      }
      step0 += length;
    } while (step0 < steps);
  }
}
