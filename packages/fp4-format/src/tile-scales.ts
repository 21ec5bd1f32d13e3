import { checkCount, checkMatrix } from './shape.ts';

const TILE_ROWS = 128;
const TILE_COLS = 4;

/**
 * Brings scale codes `[rows, cols]` into the order in which block-scaled matrix units of NVIDIA read them, for NVFP4
 * and MX alike (cuBLAS, "1D block scaling factors layout"): tiles of 128 x 4 in row-major order, and in a tile the code
 * of row r and column c at byte (r mod 32) · 16 + floor(r / 32) · 4 + c. Rows and columns are padded with zero to whole
 * tiles.
 *
 * @returns `ceil(rows / 128) · ceil(cols / 4) · 512` bytes.
 * @throws RangeError if the length is not rows · cols.
 */
export function tileScales(scaleCodes: Uint8Array, rows: number, cols: number): Uint8Array {
  checkMatrix('tileScales', 'scaleCodes', scaleCodes.length, rows, cols);
  const tiled = new Uint8Array(tiledBytes(rows, cols));
  scaleCodes.forEach((code, i) => {
    tiled[tiledOffset(Math.floor(i / cols), i % cols, cols)] = code;
  });
  return tiled;
}

/**
 * Undoes {@link tileScales}; the padding is not read.
 *
 * @returns the codes, `[rows, cols]`, row-major
 * @throws RangeError if the length is not that of the tiles of `[rows, cols]`.
 */
export function untileScales(tiled: Uint8Array, rows: number, cols: number): Uint8Array {
  checkCount('untileScales', 'rows', rows);
  checkCount('untileScales', 'cols', cols);
  if (tiled.length !== tiledBytes(rows, cols)) {
    throw new RangeError(
      `untileScales: tiled must have ${tiledBytes(rows, cols)} bytes for [${rows}, ${cols}], but got ${tiled.length}`,
    );
  }
  return Uint8Array.from(
    { length: rows * cols },
    (_, i) => tiled[tiledOffset(Math.floor(i / cols), i % cols, cols)]!,
  );
}

function tiledBytes(rows: number, cols: number): number {
  return Math.ceil(rows / TILE_ROWS) * Math.ceil(cols / TILE_COLS) * TILE_ROWS * TILE_COLS;
}

function tiledOffset(row: number, col: number, cols: number): number {
  const tile = Math.floor(row / TILE_ROWS) * Math.ceil(cols / TILE_COLS) + Math.floor(col / TILE_COLS);
  const r = row % TILE_ROWS;
  return tile * TILE_ROWS * TILE_COLS + (r % 32) * 16 + Math.floor(r / 32) * 4 + (col % TILE_COLS);
}
