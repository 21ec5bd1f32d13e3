import { biasedTable, doubledTable } from './e2m1';
import { BLOCK_TILE_COLS, BLOCK_TILE_ROWS, multiplyBlocks } from './fp4-block-tile';
import { GROUPS, packPanel, panelBytes } from './fp4-panel';

/** Words of K that are decoded at a time, unless a block is longer: a panel of w stays in the first-level cache. */
const CHUNK_WORDS: usize = 256;
/** Bytes of decoded x that are kept in the second-level cache while all of w passes by. */
const CHUNK_BYTES: usize = 256 * 1024;

// Scratch: the tile, then for w its panel and scales, and for each tile of rows of x its panel, corrections and scales.
const TILE_BYTES: usize = 96;

/** Whole blocks of a chunk. */
function chunkBlocks(words: usize, blockWords: usize): usize {
  const blocks = (words + blockWords - 1) / blockWords;
  return max<usize>(min(blocks, CHUNK_WORDS / blockWords), 1);
}

/** Bytes for a tile of rows of x in a chunk of `blocks`. */
@inline
function xTileBytes(blocks: usize, blockWords: usize): usize {
  return panelBytes(BLOCK_TILE_ROWS, blocks * blockWords) + blocks * BLOCK_TILE_ROWS * 8;
}

/** Tiles of rows that are decoded at a time. */
function chunkTiles(m: usize, blocks: usize, blockWords: usize): usize {
  const tiles = (m + BLOCK_TILE_ROWS - 1) / BLOCK_TILE_ROWS;
  return min(max<usize>(CHUNK_BYTES / xTileBytes(blocks, blockWords), 1), tiles);
}

@inline
function wBytes(blocks: usize, blockWords: usize): usize {
  return panelBytes(BLOCK_TILE_COLS, blocks * blockWords) + blocks * BLOCK_TILE_COLS * 4;
}

/** Bytes of scratch that {@link fp4BlockMatMul} needs. */
export function fp4BlockMatMulScratch(m: usize, words: usize, blockWords: usize): usize {
  const blocks = chunkBlocks(words, blockWords);
  return TILE_BYTES + wBytes(blocks, blockWords) + chunkTiles(m, blocks, blockWords) * xTileBytes(blocks, blockWords);
}

/**
 * Y[M, N] = X · Wᵀ of packed codes, `words` words a row, in blocks of `blockWords` words; the definition is
 * `src/fp4-block-matmul/reference.ts`. The scale of block b of row r is the float32 `scales[r * rowScales + b * step]`.
 */
export function fp4BlockMatMul(
  xCodes: usize,
  xScales: usize,
  xRowScales: usize,
  xStep: usize,
  wCodes: usize,
  wScales: usize,
  wRowScales: usize,
  wStep: usize,
  m: usize,
  n: usize,
  words: usize,
  blockWords: usize,
  y: usize,
  scratch: usize,
): void {
  const longest = chunkBlocks(words, blockWords);
  const tiles = chunkTiles(m, longest, blockWords);
  const rows = tiles * BLOCK_TILE_ROWS;
  const wPanel = scratch + TILE_BYTES;
  const xTiles = wPanel + wBytes(longest, blockWords);
  const xBytes = xTileBytes(longest, blockWords);
  const rowBytes = words << 2;
  const totalBlocks = (words + blockWords - 1) / blockWords;
  // Zero words still make one pass: the products are zeros.
  let first: usize = 0;
  do {
    const blocks = min(totalBlocks - first, longest);
    const word = first * blockWords;
    const count = min(words - word, blocks * blockWords);
    const lastWords = blocks > 0 ? count - (blocks - 1) * blockWords : 0;
    const wPanelScales = wPanel + panelBytes(BLOCK_TILE_COLS, count);
    const corrections = panelBytes(BLOCK_TILE_ROWS, count);
    const xPanelScales = corrections + blocks * BLOCK_TILE_ROWS * 4;
    for (let m0: usize = 0; m0 < m; m0 += rows) {
      const mEnd = min(m0 + rows, m);
      for (let row = m0, tile = xTiles; row < mEnd; row += BLOCK_TILE_ROWS, tile += xBytes) {
        const valid = min(BLOCK_TILE_ROWS, m - row);
        const codes = xCodes + row * rowBytes + (word << 2);
        packBlocks(tile, BLOCK_TILE_ROWS, codes, rowBytes, valid, count, blockWords, doubledTable(), tile + corrections);
        const scales = xScales + ((row * xRowScales + first * xStep) << 2);
        packScales(tile + xPanelScales, BLOCK_TILE_ROWS, scales, xRowScales << 2, xStep << 2, valid, blocks);
      }
      for (let column: usize = 0; column < n; column += BLOCK_TILE_COLS) {
        const columns = min(BLOCK_TILE_COLS, n - column);
        const table = ASC_FEATURE_RELAXED_SIMD ? biasedTable() : doubledTable();
        const codes = wCodes + column * rowBytes + (word << 2);
        packBlocks(wPanel, BLOCK_TILE_COLS, codes, rowBytes, columns, count, blockWords, table, 0);
        const scales = wScales + ((column * wRowScales + first * wStep) << 2);
        packScales(wPanelScales, BLOCK_TILE_COLS, scales, wRowScales << 2, wStep << 2, columns, blocks);
        for (let row = m0, tile = xTiles; row < mEnd; row += BLOCK_TILE_ROWS, tile += xBytes) {
          const valid = min(BLOCK_TILE_ROWS, m - row);
          const out = y + ((row * n + column) << 2);
          loadTile(scratch, out, n << 2, valid, columns, first == 0);
          multiplyBlocks(
            tile,
            wPanel,
            blocks,
            blockWords * GROUPS,
            lastWords * GROUPS,
            tile + corrections,
            tile + xPanelScales,
            wPanelScales,
            scratch,
          );
          storeTile(scratch, out, n << 2, valid, columns);
        }
      }
    }
    first += blocks;
  } while (first < totalBlocks);
}

/** Packs the panels of blocks one after the other, with `rows` corrections for each where `sums` is not null. */
function packBlocks(
  panel: usize,
  rows: usize,
  codes: usize,
  codesStride: usize,
  valid: usize,
  words: usize,
  blockWords: usize,
  table: v128,
  sums: usize,
): void {
  const sumBytes = sums ? rows << 2 : 0;
  for (let word: usize = 0; word < words; word += blockWords, sums += sumBytes) {
    const count = min(blockWords, words - word);
    packPanel(panel + panelBytes(rows, word), rows, codes + (word << 2), codesStride, valid, count, table, sums);
  }
}

/** Interleaves the scales of `rows` rows; those that are missing are zero. */
function packScales(
  out: usize,
  rows: usize,
  scales: usize,
  rowBytes: usize,
  stepBytes: usize,
  valid: usize,
  blocks: usize,
): void {
  for (let block: usize = 0; block < blocks; block++, scales += stepBytes) {
    for (let row: usize = 0; row < rows; row++, out += 4) {
      store<f32>(out, row < valid ? load<f32>(scales + row * rowBytes) : 0);
    }
  }
}

/** Starts a tile from what earlier chunks left in y, or from zero. */
function loadTile(tile: usize, y: usize, yStride: usize, rows: usize, columns: usize, isFirst: bool): void {
  for (let row: usize = 0; row < BLOCK_TILE_ROWS; row++, tile += 16, y += yStride) {
    v128.store(tile, f32x4.splat(0));
    if (isFirst || row >= rows) continue;
    if (columns == BLOCK_TILE_COLS) v128.store(tile, v128.load(y));
    else for (let i: usize = 0; i < columns; i++) store<f32>(tile + (i << 2), load<f32>(y + (i << 2)));
  }
}

function storeTile(tile: usize, y: usize, yStride: usize, rows: usize, columns: usize): void {
  for (let row: usize = 0; row < rows; row++, tile += 16, y += yStride) {
    if (columns == BLOCK_TILE_COLS) v128.store(y, v128.load(tile));
    else for (let i: usize = 0; i < columns; i++) store<f32>(y + (i << 2), load<f32>(tile + (i << 2)));
  }
}
