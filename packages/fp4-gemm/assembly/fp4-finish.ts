import { TILE_COLS, TILE_ROWS } from './fp4-tile';

/**
 * Scales the `rows` by `columns` sums of a tile into y, and leaves them there as integers where later blocks follow.
 *
 * @param wScales - float32, one for each column of the tile
 * @param xScale - float32, `xScaleBytes` apart, one for each row
 */
@inline
export function finishTile(
  sums: usize,
  wScales: usize,
  y: usize,
  yStride: usize,
  rows: usize,
  columns: usize,
  xScale: usize,
  xScaleBytes: usize,
  isFirst: bool,
  isLast: bool,
): void {
  if (isFirst && isLast && columns == TILE_COLS && rows == TILE_ROWS) {
    finishWholeTile(sums, wScales, y, yStride, xScale, xScaleBytes);
  } else {
    finishPart(sums, wScales, y, yStride, rows, columns, xScale, xScaleBytes, isFirst, isLast);
  }
}

/** The common case, without a loop: with one, sums over 256 steps run at 0.9 of the speed. */
@inline
function finishWholeTile(sums: usize, wScales: usize, y: usize, yStride: usize, xScale: usize, xScaleBytes: usize): void {
  const w0 = v128.load(wScales);
  const w1 = v128.load(wScales, 16);
  finishRow(sums, y, xScale, w0, w1);
  finishRow(sums + 32, (y += yStride), (xScale += xScaleBytes), w0, w1);
  finishRow(sums + 64, (y += yStride), (xScale += xScaleBytes), w0, w1);
  finishRow(sums + 96, (y += yStride), (xScale += xScaleBytes), w0, w1);
  if (TILE_ROWS > 4) {
    finishRow(sums + 128, (y += yStride), (xScale += xScaleBytes), w0, w1);
    finishRow(sums + 160, (y += yStride), (xScale += xScaleBytes), w0, w1);
  }
}

@inline
function finishRow(sums: usize, y: usize, xScale: usize, w0: v128, w1: v128): void {
  const sx = v128.load_splat<f32>(xScale);
  v128.store(y, scaled(v128.load(sums), sx, w0));
  v128.store(y, scaled(v128.load(sums, 16), sx, w1), 16);
}

@inline
function scaled(sums: v128, sx: v128, sw: v128): v128 {
  return f32x4.mul(f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sums), f32x4.splat(0.25)), sx), sw);
}

/** Any tile: adds to what earlier blocks left, and scales after the last one. */
function finishPart(
  sums: usize,
  wScales: usize,
  y: usize,
  yStride: usize,
  rows: usize,
  columns: usize,
  xScale: usize,
  xScaleBytes: usize,
  isFirst: bool,
  isLast: bool,
): void {
  const bytes = columns << 2;
  for (let row: usize = 0; row < rows; row++, y += yStride, sums += 32, xScale += xScaleBytes) {
    const sx = v128.load_splat<f32>(xScale);
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      let total = v128.load(sums + at);
      if (!isFirst) total = i32x4.add(total, v128.load(y + at));
      v128.store(y + at, isLast ? scaled(total, sx, v128.load(wScales + at)) : total);
    }
    for (; at < bytes; at += 4) {
      let total = v128.load_zero<u32>(sums + at);
      if (!isFirst) total = i32x4.add(total, v128.load_zero<u32>(y + at));
      v128.store32_lane(y + at, isLast ? scaled(total, sx, v128.load_zero<u32>(wScales + at)) : total, 0);
    }
  }
}
