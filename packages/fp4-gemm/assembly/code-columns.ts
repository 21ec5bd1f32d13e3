import { biasedTable, doubledTable } from './e2m1';
import { GROUP_STEPS, TILE_COLS } from './fp4-tile';
import { NIBBLES16 } from './vector-constants';

// Panels of codes whose columns are contiguous: the right operand of a gradient product. For every group of steps four bytes
// of each of eight columns, the even ones first: the lanes of a group stand for columns 0 2 4 6 1 3 5 7.

/** Panels that are decoded together: their codes are one vector of each row. */
export const PANELS: usize = 4;

const FOUR_STEPS: usize = (4 / GROUP_STEPS) * TILE_COLS * 4;

/** Bytes of a panel. */
@inline
export function codeColumnsBytes(steps: usize): usize {
  return ((steps + 3) >> 2) * (4 / GROUP_STEPS) * TILE_COLS * 4;
}

/**
 * Decodes `steps` rows of up to four words to as many panels.
 *
 * @param rowBytes - from one row of codes to the next
 */
export function packCodeColumns(panels: usize, codes: usize, rowBytes: usize, steps: usize, words: usize): void {
  const panelBytes = codeColumnsBytes(steps);
  const table = ASC_FEATURE_RELAXED_SIMD ? biasedTable() : doubledTable();
  const low = NIBBLES16;
  for (let step: usize = 0; step < steps; step += 4, panels += FOUR_STEPS, codes += 4 * rowBytes) {
    const left = steps - step;
    if (words == PANELS && left >= 4) {
      const a = v128.load(codes);
      const b = v128.load(codes + rowBytes);
      const c = v128.load(codes + 2 * rowBytes);
      const d = v128.load(codes + 3 * rowBytes);
      const ab01 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const ab23 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cd01 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const cd23 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      storePanel(panels, v128.shuffle<i32>(ab01, cd01, 0, 1, 4, 5), table, low);
      storePanel(panels + panelBytes, v128.shuffle<i32>(ab01, cd01, 2, 3, 6, 7), table, low);
      storePanel(panels + 2 * panelBytes, v128.shuffle<i32>(ab23, cd23, 0, 1, 4, 5), table, low);
      storePanel(panels + 3 * panelBytes, v128.shuffle<i32>(ab23, cd23, 2, 3, 6, 7), table, low);
    } else {
      for (let word: usize = 0; word < words; word++) {
        const from = codes + (word << 2);
        // Steps beyond the last meet a gradient of zero.
        let rows = v128.load32_zero(from);
        if (left > 1) rows = v128.load32_lane(from + rowBytes, rows, 1);
        if (left > 2) rows = v128.load32_lane(from + 2 * rowBytes, rows, 2);
        if (left > 3) rows = v128.load32_lane(from + 3 * rowBytes, rows, 3);
        storePanel(panels + word * panelBytes, rows, table, low);
      }
    }
  }
}

@inline
function storePanel(panel: usize, rows: v128, table: v128, low: v128): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    // The bytes of two columns of all four steps become neighbours.
    const pairs = v128.shuffle<i8>(rows, rows, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    v128.store(panel, i8x16.relaxed_swizzle(table, v128.and(pairs, low)));
    v128.store(panel, i8x16.relaxed_swizzle(table, v128.and(i16x8.shr_u(pairs, 4), low)), 16);
  } else {
    const pairs = v128.shuffle<i8>(rows, rows, 0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
    const even = i8x16.swizzle(table, v128.and(pairs, low));
    const odd = i8x16.swizzle(table, v128.and(i16x8.shr_u(pairs, 4), low));
    v128.store(panel, i16x8.extend_low_i8x16_s(even));
    v128.store(panel, i16x8.extend_low_i8x16_s(odd), 16);
    v128.store(panel, i16x8.extend_high_i8x16_s(even), 32);
    v128.store(panel, i16x8.extend_high_i8x16_s(odd), 48);
  }
}
