import { decodeWord } from './e2m1';

/**
 * Writes RN(value(code) * scale) `[rows, cols]`. The scale of an element is `scales[row * rowScales + col / blockCols]`;
 * `blockCols` is a multiple of 8, or at least `cols`. `eight` is scratch for 8 floats.
 */
export function fp4Dequantize(
  codes: usize,
  scales: usize,
  rowScales: usize,
  blockCols: i32,
  rows: i32,
  cols: i32,
  out: usize,
  eight: usize,
): void {
  for (let row = 0; row < rows; row++, scales += rowScales << 2) {
    let block = scales;
    for (let first = 0; first < cols; first += blockCols, block += 4) {
      const scale = v128.load_splat<f32>(block);
      let left = min(blockCols, cols - first);
      for (; left >= 8; left -= 8, codes += 4, out += 32) decodeWord(codes, scale, out);
      if (left > 0) {
        decodeWord(codes, scale, eight);
        for (let i: usize = 0, count: usize = left; i < count; i++, out += 4) {
          store<f32>(out, load<f32>(eight + (i << 2)));
        }
        codes += 4;
      }
    }
  }
}
