import { biasedTable, doubledTable } from './e2m1';
import { finishTile } from './fp4-finish';
import { GROUPS, packPanel, panelBytes } from './fp4-panel';
import { multiplyPairs, packPairs, pairPanelBytes } from './fp4-pair-tile';
import { multiplyTile, TILE_COLS, TILE_ROWS } from './fp4-tile';

/** Words of K that are decoded at a time: a panel of w stays in the first-level cache. */
const BLOCK_WORDS: usize = 256;
/** Bytes of decoded x that are kept in the second-level cache while all of w passes by. */
const BLOCK_BYTES: usize = 256 * 1024;

// Scratch: one tile of sums, the scales of its columns, the panel of w, a correction per row of x, the panels of x.
const SUMS: usize = 0;
const SCALES: usize = 192;
const W_PANEL: usize = 256;

/** Bytes of scratch that {@link fp4MatMul} needs. */
export function fp4MatMulScratch(m: i32, words: i32): usize {
  const block = min<usize>(words, BLOCK_WORDS);
  const rows = blockRows(m, block);
  return W_PANEL + panelBytes(TILE_COLS, block) + rows * 4 + xPanelBytes(rows, block);
}

/** Bytes of the panels of `rows` rows of x, a multiple of the tile. */
@inline
function xPanelBytes(rows: usize, words: usize): usize {
  return ASC_FEATURE_RELAXED_SIMD ? panelBytes(rows, words) : (rows / TILE_ROWS) * pairPanelBytes(words);
}

/** Rows of x that are decoded at a time, a multiple of the tile. */
function blockRows(m: usize, words: usize): usize {
  const fitting = max<usize>(BLOCK_BYTES / max<usize>(xPanelBytes(TILE_ROWS, words), 1), 1);
  const tiles = (m + TILE_ROWS - 1) / TILE_ROWS;
  return min(fitting, tiles) * TILE_ROWS;
}

/**
 * Y[M, N] = X · Wᵀ of packed codes, `words` words a row; the definition is `src/fp4-matmul/reference.ts`. A scale
 * stride is 1 or 0.
 */
export function fp4MatMul(
  xCodes: usize,
  xScales: usize,
  xScaleStride: usize,
  wCodes: usize,
  wScales: usize,
  wScaleStride: usize,
  m: usize,
  n: usize,
  words: usize,
  y: usize,
  scratch: usize,
): void {
  const longest = min(words, BLOCK_WORDS);
  const rows = blockRows(m, longest);
  const wPanel = scratch + W_PANEL;
  const corrections = wPanel + panelBytes(TILE_COLS, longest);
  const xPanels = corrections + rows * 4;
  const rowBytes = words << 2;
  // Zero words still make one pass: the products are zeros.
  let word: usize = 0;
  do {
    const count = min(words - word, BLOCK_WORDS);
    const isFirst = word == 0;
    const isLast = word + count == words;
    for (let m0: usize = 0; m0 < m; m0 += rows) {
      const mEnd = min(m0 + rows, m);
      for (let row = m0; row < mEnd; row += TILE_ROWS) {
        const at = row - m0;
        const panel = xPanels + xPanelBytes(at, count);
        const codes = xCodes + row * rowBytes + (word << 2);
        const valid = min(TILE_ROWS, m - row);
        if (ASC_FEATURE_RELAXED_SIMD) {
          packPanel(panel, TILE_ROWS, codes, rowBytes, valid, count, doubledTable(), corrections + (at << 2));
        } else packPairs(panel, codes, rowBytes, valid, count, doubledTable());
      }
      for (let column: usize = 0; column < n; column += TILE_COLS) {
        const columns = min(TILE_COLS, n - column);
        const table = ASC_FEATURE_RELAXED_SIMD ? biasedTable() : doubledTable();
        packPanel(
          wPanel,
          TILE_COLS,
          wCodes + column * rowBytes + (word << 2),
          rowBytes,
          columns,
          count,
          table,
          0,
        );
        for (let i: usize = 0; i < columns; i++) {
          store<f32>(scratch + SCALES + (i << 2), load<f32>(wScales + (((column + i) * wScaleStride) << 2)));
        }
        for (let row = m0; row < mEnd; row += TILE_ROWS) {
          const at = row - m0;
          const panel = xPanels + xPanelBytes(at, count);
          if (ASC_FEATURE_RELAXED_SIMD) {
            multiplyTile(panel, wPanel, count * GROUPS, corrections + (at << 2), scratch + SUMS);
          } else multiplyPairs(panel, wPanel, count * GROUPS, scratch + SUMS);
          finishTile(
            scratch + SUMS,
            scratch + SCALES,
            y + ((row * n + column) << 2),
            n << 2,
            min(TILE_ROWS, m - row),
            columns,
            xScales + ((row * xScaleStride) << 2),
            xScaleStride << 2,
            isFirst,
            isLast,
          );
        }
      }
    }
    word += count;
  } while (word < words);
}
