import { encodeNearest } from './fp4-quantize-nearest';
import { amaxBits, E4M3, isDead, scaleBits, storedScale, tensorScaleBits } from './fp4-quantize-scale';
import { encodeStochastic } from './fp4-quantize-stochastic';

/**
 * Quantizes `[rows, cols]` to packed E2M1 codes; the definition is `src/fp4-quantize/reference.ts`.
 *
 * @param blockCols - columns that share a scale
 * @param rowScales - scales of a row; -1 for one scale in all
 * @param packsScales - whether scales are stored as bytes, four to a word, each row from a new word; else as float32
 * @param counter - `lowbias32(seed)`, for `stochastic`
 * @param tensorScale - where E4M3 bytes leave the scale of the tensor
 */
export function fp4Quantize(
  x: usize,
  rows: i32,
  cols: i32,
  blockCols: i32,
  rowScales: i32,
  kind: i32,
  packsScales: bool,
  stochastic: bool,
  counter: i32,
  codes: usize,
  scales: usize,
  tensorScale: usize,
): void {
  const perTensor = rowScales < 0;
  const amaxTensor = perTensor || kind == E4M3 ? amaxBits(x, <usize>rows * <usize>cols) : 0;
  const tensorBits = kind == E4M3 ? tensorScaleBits(amaxTensor) : 0;
  const tensor = reinterpret<f32>(tensorBits);
  if (packsScales && kind == E4M3) store<i32>(tensorScale, tensorBits);
  if (perTensor) store<i32>(scales, scaleBits(storedScale(amaxTensor, kind, tensor), kind, tensor));
  const blocks = perTensor ? 1 : rowScales;
  for (let row = 0; row < rows; row++) {
    let packed = 0;
    for (let block = 0, left = cols; block < blocks; block++, left -= blockCols) {
      const count = min(blockCols, left);
      const amax = perTensor ? amaxTensor : amaxBits(x, count);
      const stored = storedScale(amax, kind, tensor);
      const bits = scaleBits(stored, kind, tensor);
      if (packsScales) {
        packed |= stored << ((block & 3) << 3);
        if ((block & 3) == 3 || block + 1 == blocks) {
          store<i32>(scales, packed);
          scales += 4;
          packed = 0;
        }
      } else if (!perTensor) {
        store<i32>(scales, bits);
        scales += 4;
      }
      const divisor = isDead(amax) || tensor != tensor ? 0 : bits;
      if (stochastic) encodeStochastic(x, count, divisor, counter, codes);
      else encodeNearest(x, count, divisor, codes);
      x += <usize>count << 2;
      codes += ((<usize>count + 7) >> 3) << 2;
      counter += count;
    }
  }
}
