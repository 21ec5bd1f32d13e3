import { decodeWord } from './e2m1';

/** Writes RN(value(code) * scale) `[rows, cols]`; `eight` is scratch for 8 floats. */
export function fp4Dequantize(
  codes: usize,
  scales: usize,
  scaleStride: i32,
  rows: i32,
  cols: i32,
  out: usize,
  eight: usize,
): void {
  for (let row = 0; row < rows; row++, scales += (<usize>scaleStride) << 2) {
    const scale = v128.load_splat<f32>(scales);
    let col = 0;
    for (; col + 8 <= cols; col += 8, codes += 4, out += 32) decodeWord(codes, scale, out);
    if (col < cols) {
      decodeWord(codes, scale, eight);
      for (let i: usize = 0, count: usize = cols - col; i < count; i++, out += 4) {
        store<f32>(out, load<f32>(eight + (i << 2)));
      }
      codes += 4;
    }
  }
}
