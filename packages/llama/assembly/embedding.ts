import { loadSome, storeSome } from './simd';

/** out[m] = table[ids[m]]. */
export function embedding(out: usize, ids: usize, table: usize, rows: i32, width: i32): void {
  const bytes = (<usize>width) << 2;
  for (let m = 0; m < rows; m++) {
    memory.copy(out + m * bytes, table + load<i32>(ids + (m << 2)) * bytes, bytes);
  }
}

/** dTable[v] = Σ dy[m] over the rows m with ids[m] = v, in the order of m. */
export function embeddingGrad(
  dTable: usize,
  dy: usize,
  ids: usize,
  rows: i32,
  vocabSize: i32,
  width: i32,
): void {
  const bytes = (<usize>width) << 2;
  memory.fill(dTable, 0, vocabSize * bytes);
  for (let m = 0; m < rows; m++) {
    const to = dTable + load<i32>(ids + (m << 2)) * bytes;
    const from = dy + m * bytes;
    for (let d = 0; d < width; d += 4) {
      const at = d << 2;
      const left = width - d;
      storeSome(to + at, f32x4.add(loadSome(to + at, left), loadSome(from + at, left)), left);
    }
  }
}
