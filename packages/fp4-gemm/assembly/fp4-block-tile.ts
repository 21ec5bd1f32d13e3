/** Rows of the register tile of block-wise products. */
export const BLOCK_TILE_ROWS: usize = 6;
/** Columns of it: one vector, so that the float32 sums of the tile and the integer sums of a block all fit registers. */
export const BLOCK_TILE_COLS: usize = 4;

/**
 * Adds the products of two panels to `accs`, float32 `[6, 4]`, a block after the other: the integer sum of the block, exact
 * in float32, times 0.25, times the scale of the row, times that of the column, each rounded. A panel of a block is as long
 * as `groups` says, and the last one as `lastGroups`; for each block there are 6 corrections (see `multiplyTile`), 6
 * scales of rows and 4 of columns.
 */
export function multiplyBlocks(
  x: usize,
  w: usize,
  blocks: usize,
  groups: usize,
  lastGroups: usize,
  corrections: usize,
  xScales: usize,
  wScales: usize,
  accs: usize,
): void {
  let a0 = v128.load(accs);
  let a1 = v128.load(accs, 16);
  let a2 = v128.load(accs, 32);
  let a3 = v128.load(accs, 48);
  let a4 = v128.load(accs, 64);
  let a5 = v128.load(accs, 80);
  for (let block: usize = 1; block <= blocks; block++) {
    let s0 = startSum(corrections, 0);
    let s1 = startSum(corrections, 4);
    let s2 = startSum(corrections, 8);
    let s3 = startSum(corrections, 12);
    let s4 = startSum(corrections, 16);
    let s5 = startSum(corrections, 20);
    const end = w + ((block == blocks ? lastGroups : groups) << 4);
    for (; w < end; w += 16, x += 24) {
      const columns = v128.load(w);
      s0 = addDot(s0, v128.load_splat<i32>(x), columns);
      s1 = addDot(s1, v128.load_splat<i32>(x, 4), columns);
      s2 = addDot(s2, v128.load_splat<i32>(x, 8), columns);
      s3 = addDot(s3, v128.load_splat<i32>(x, 12), columns);
      s4 = addDot(s4, v128.load_splat<i32>(x, 16), columns);
      s5 = addDot(s5, v128.load_splat<i32>(x, 20), columns);
    }
    const sw = v128.load(wScales);
    a0 = f32x4.add(a0, scaled(s0, v128.load_splat<f32>(xScales), sw));
    a1 = f32x4.add(a1, scaled(s1, v128.load_splat<f32>(xScales, 4), sw));
    a2 = f32x4.add(a2, scaled(s2, v128.load_splat<f32>(xScales, 8), sw));
    a3 = f32x4.add(a3, scaled(s3, v128.load_splat<f32>(xScales, 12), sw));
    a4 = f32x4.add(a4, scaled(s4, v128.load_splat<f32>(xScales, 16), sw));
    a5 = f32x4.add(a5, scaled(s5, v128.load_splat<f32>(xScales, 20), sw));
    corrections += 24;
    xScales += 24;
    wScales += 16;
  }
  v128.store(accs, a0);
  v128.store(accs, a1, 16);
  v128.store(accs, a2, 32);
  v128.store(accs, a3, 48);
  v128.store(accs, a4, 64);
  v128.store(accs, a5, 80);
}

@inline
function startSum(corrections: usize, offset: usize): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? v128.load_splat<i32>(corrections + offset) : i32x4.splat(0);
}

/** Four int8 products a lane where w has 12 added (see `fp4-tile.ts`), or two int16 ones. */
@inline
function addDot(sum: v128, row: v128, columns: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(row, columns, sum);
  return i32x4.add(sum, i32x4.dot_i16x8_s(row, columns));
}

@inline
function scaled(sum: v128, sx: v128, sw: v128): v128 {
  return f32x4.mul(f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.splat(0.25)), sx), sw);
}
