import { packCodes, packColumns, packRows } from './f32-panel';
import { multiplyTile, TILE_COLS, TILE_ROWS } from './f32-tile';

/**
 * Steps of the sum that are packed at a time, and whose sum starts from zero: a panel of b stays in the first-level cache.
 * The bits of every backend depend on it: see `src/f32-matmul/f32-order.ts`.
 */
const SUM_BLOCK: usize = 384;
/** Rows of a that are packed at a time, for the second-level cache; a multiple of the tile. */
const BLOCK_ROWS: usize = 256;

// Scratch: one tile of sums, the panel of b, the panels of a.
const B_PANEL: usize = 128;

/** b is stored `[k, n]`. */
const B_COLUMNS: i32 = 0;
/** b is stored `[n, k]`. */
const B_ROWS: i32 = 1;
/** b is packed codes `[k, n]`, eight columns to a word. */
const B_CODES: i32 = 2;

/** Bytes of scratch that {@link f32MatMul} and {@link fp4MatMulMixed} needs. */
export function f32MatMulScratch(m: i32, k: i32): usize {
  const rows = min<usize>(((<usize>m + TILE_ROWS - 1) / TILE_ROWS) * TILE_ROWS, BLOCK_ROWS);
  return B_PANEL + min<usize>(k, SUM_BLOCK) * (rows + TILE_COLS) * 4;
}

/** C[m, n] = A · B, float32; the definition of the bits is `src/f32-matmul/f32-order.ts`. */
export function f32MatMul(
  a: usize,
  transposeA: bool,
  b: usize,
  transposeB: bool,
  m: usize,
  n: usize,
  k: usize,
  c: usize,
  scratch: usize,
): void {
  const layout = transposeB ? B_ROWS : B_COLUMNS;
  matMul(a, transposeA, b, transposeB ? k << 2 : n << 2, layout, 0, 0, TILE_COLS, m, n, k, c, scratch);
}

/**
 * C[m, n] = A · Q, where Q `[k, n]` is packed codes, decoded a panel at a time: dX = dY · W_q, and with `transposeA`
 * dW = dYᵀ · X_q. The scale of element (row, col) of Q is `scales[row * rowScales + col / blockCols]`, with blocks of whole
 * words.
 */
export function fp4MatMulMixed(
  a: usize,
  transposeA: bool,
  codes: usize,
  scales: usize,
  rowScales: usize,
  blockCols: usize,
  m: usize,
  n: usize,
  k: usize,
  c: usize,
  scratch: usize,
): void {
  matMul(a, transposeA, codes, ((n + 7) >> 3) << 2, B_CODES, scales, rowScales << 2, blockCols, m, n, k, c, scratch);
}

function matMul(
  a: usize,
  transposeA: bool,
  b: usize,
  bStride: usize,
  bLayout: i32,
  scales: usize,
  scaleBytes: usize,
  blockCols: usize,
  m: usize,
  n: usize,
  k: usize,
  c: usize,
  scratch: usize,
): void {
  const bPanel = scratch + B_PANEL;
  const aPanels = bPanel + min(k, SUM_BLOCK) * TILE_COLS * 4;
  const aStride = (transposeA ? m : k) << 2;
  // Zero steps still make one pass: the products are zeros.
  let k0: usize = 0;
  do {
    const steps = min(k - k0, SUM_BLOCK);
    for (let m0: usize = 0; m0 < m; m0 += BLOCK_ROWS) {
      const mEnd = min(m0 + BLOCK_ROWS, m);
      for (let row = m0; row < mEnd; row += TILE_ROWS) {
        const panel = aPanels + (((row - m0) * steps) << 2);
        if (transposeA) packColumns(panel, TILE_ROWS, a + k0 * aStride + (row << 2), aStride, m - row, steps);
        else packRows(panel, TILE_ROWS, a + row * aStride + (k0 << 2), aStride, m - row, steps);
      }
      for (let column: usize = 0; column < n; column += TILE_COLS) {
        if (bLayout == B_CODES) {
          packCodes(
            bPanel,
            b + k0 * bStride + (column >> 1),
            bStride,
            scales + k0 * scaleBytes + ((column / blockCols) << 2),
            scaleBytes,
            steps,
          );
        } else if (bLayout == B_ROWS) {
          packRows(bPanel, TILE_COLS, b + column * bStride + (k0 << 2), bStride, n - column, steps);
        } else {
          packColumns(bPanel, TILE_COLS, b + k0 * bStride + (column << 2), bStride, n - column, steps);
        }
        for (let row = m0; row < mEnd; row += TILE_ROWS) {
          multiplyTile(aPanels + (((row - m0) * steps) << 2), bPanel, steps, scratch);
          finishTile(scratch, c + ((row * n + column) << 2), n << 2, m - row, n - column, k0 == 0);
        }
      }
    }
    k0 += steps;
  } while (k0 < k);
}

/** Writes the valid part of a tile to c, or adds it to what earlier blocks left there. */
function finishTile(sums: usize, c: usize, cStride: usize, rows: usize, columns: usize, isFirst: bool): void {
  const count = min(rows, TILE_ROWS);
  for (let row: usize = 0; row < count; row++, c += cStride, sums += 32) {
    if (columns >= TILE_COLS) {
      let left = v128.load(sums);
      let right = v128.load(sums, 16);
      if (!isFirst) {
        left = f32x4.add(v128.load(c), left);
        right = f32x4.add(v128.load(c, 16), right);
      }
      v128.store(c, left);
      v128.store(c, right, 16);
    } else {
      for (let i: usize = 0; i < columns; i++) {
        const sum = load<f32>(sums + (i << 2));
        store<f32>(c + (i << 2), isFirst ? sum : load<f32>(c + (i << 2)) + sum);
      }
    }
  }
}
