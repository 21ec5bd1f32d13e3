/**
 * Gradient of a table of embeddings in f32: the rows of an id are added in the order of their positions, each sum
 * rounded, as the wasm and webgpu kernels do. The accuracy is judged against `embeddingGradReference`; this is the
 * definition of the bits.
 */
export function embeddingGradF32(
  dyMD: Float32Array,
  ids: Int32Array,
  vocabSize: number,
  width: number,
): Float32Array {
  const dTable = new Float32Array(vocabSize * width);
  for (let m = 0; m < ids.length; m++) {
    for (let d = 0; d < width; d++) dTable[ids[m]! * width + d]! += dyMD[m * width + d]!;
  }
  return dTable;
}
