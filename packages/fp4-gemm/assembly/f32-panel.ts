import { decodeWord } from './e2m1';

// Float32 panels: `width` rows (or columns) of an operand, interleaved, so that step k of the sum is `width` contiguous
// floats. Missing rows are zero.

/** Packs up to four rows that are contiguous along k: out[k * stride + row] = from[row * fromStride + k]. */
function packFourRows(
  out: usize,
  stride: usize,
  from: usize,
  fromStride: usize,
  valid: usize,
  steps: usize,
): void {
  let k: usize = 0;
  if (valid >= 4) {
    const row1 = from + fromStride;
    const row2 = row1 + fromStride;
    const row3 = row2 + fromStride;
    for (; k + 4 <= steps; k += 4, out += stride << 2) {
      const at = k << 2;
      const a = v128.load(from + at);
      const b = v128.load(row1 + at);
      const c = v128.load(row2 + at);
      const d = v128.load(row3 + at);
      const ab01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const ab23 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd01 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const cd23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(out, v128.shuffle<f32>(ab01, cd01, 0, 1, 4, 5));
      v128.store(out + stride, v128.shuffle<f32>(ab01, cd01, 2, 3, 6, 7));
      v128.store(out + 2 * stride, v128.shuffle<f32>(ab23, cd23, 0, 1, 4, 5));
      v128.store(out + 3 * stride, v128.shuffle<f32>(ab23, cd23, 2, 3, 6, 7));
    }
  }
  for (; k < steps; k++, out += stride) {
    for (let row: usize = 0; row < 4; row++) {
      store<f32>(out + (row << 2), row < valid ? load<f32>(from + row * fromStride + (k << 2)) : 0);
    }
  }
}

/** Packs `width` (4 or 8) rows that are contiguous along k. */
export function packRows(
  out: usize,
  width: usize,
  from: usize,
  fromStride: usize,
  valid: usize,
  steps: usize,
): void {
  for (let row: usize = 0; row < width; row += 4) {
    const left = valid > row ? valid - row : 0;
    packFourRows(out + (row << 2), width << 2, from + row * fromStride, fromStride, left, steps);
  }
}

/** Packs `width` (4 or 8) columns that are contiguous at each step k. */
export function packColumns(
  out: usize,
  width: usize,
  from: usize,
  fromStride: usize,
  valid: usize,
  steps: usize,
): void {
  for (let k: usize = 0; k < steps; k++, from += fromStride, out += width << 2) {
    if (valid >= width) {
      v128.store(out, v128.load(from));
      if (width == 8) v128.store(out, v128.load(from, 16), 16);
    } else {
      for (let column: usize = 0; column < width; column++) {
        store<f32>(out + (column << 2), column < valid ? load<f32>(from + (column << 2)) : 0);
      }
    }
  }
}

/** Packs eight columns of E2M1 codes, one word at each step k, times the scale of that step. */
export function packCodes(
  out: usize,
  codes: usize,
  codesStride: usize,
  scales: usize,
  scaleBytes: usize,
  steps: usize,
): void {
  for (let k: usize = 0; k < steps; k++, codes += codesStride, scales += scaleBytes, out += 32) {
    decodeWord(codes, v128.load_splat<f32>(scales), out);
  }
}
