import { e4m3Bits, e8m0Bits } from './fp4-quantize-scale';

/**
 * Writes the float32 scales `[rows, blocks]` that scale codes stand for, four to a word, each row from a new word: E4M3
 * codes times the float32 at `tensorScale`, or where that is null E8M0 codes.
 */
export function decodeBlockScales(codes: usize, tensorScale: usize, rows: i32, blocks: i32, out: usize): void {
  const isE4m3 = tensorScale != 0;
  const factor = isE4m3 ? load<f32>(tensorScale) : 0;
  const stride: usize = ((<usize>blocks + 3) >> 2) << 2;
  for (let row = 0; row < rows; row++, codes += stride) {
    for (let block = 0; block < blocks; block++, out += 4) {
      const code: i32 = load<u8>(codes + <usize>block);
      store<i32>(out, isE4m3 ? e4m3Bits(code, factor) : e8m0Bits(code));
    }
  }
}
