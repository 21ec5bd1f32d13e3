import type { Floats } from '../kernel/floats.ts';

/** Rows of a table: `out[m] = table[ids[m]]`. */
export function embeddingReference(ids: Int32Array, tableVD: Floats, width: number): Float64Array {
  const out = new Float64Array(ids.length * width);
  for (let m = 0; m < ids.length; m++) {
    for (let d = 0; d < width; d++) out[m * width + d] = tableVD[ids[m]! * width + d]!;
  }
  return out;
}

/** Gradient of {@link embeddingReference}: `dTable[v] = Σ_{m: ids[m] = v} dy[m]`, in the order of m. */
export function embeddingGradReference(
  dyMD: Floats,
  ids: Int32Array,
  vocabSize: number,
  width: number,
): Float64Array {
  const dTable = new Float64Array(vocabSize * width);
  for (let m = 0; m < ids.length; m++) {
    for (let d = 0; d < width; d++) dTable[ids[m]! * width + d]! += dyMD[m * width + d]!;
  }
  return dTable;
}
