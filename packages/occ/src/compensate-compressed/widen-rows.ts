/**
 * Returns compressed rows as rows of one width, that of the fullest: columns and values `[rows, width]`, without values of 0.
 * On these the definitions of `compensate` and `compensateDw` hold for compressed rows too.
 */
export function widenRows(
  starts: Int32Array,
  columns: Int32Array,
  values: Float32Array,
): { indices: Int32Array; values: Float32Array; width: number } {
  const rows = starts.length - 1;
  let width = 0;
  for (let row = 0; row < rows; row++) width = Math.max(width, starts[row + 1]! - starts[row]!);
  const wide = { indices: new Int32Array(rows * width), values: new Float32Array(rows * width), width };
  for (let row = 0; row < rows; row++) {
    let slot = row * width;
    for (let entry = starts[row]!; entry < starts[row + 1]!; entry++) {
      if (values[entry] === 0) continue;
      wide.indices[slot] = columns[entry]!;
      wide.values[slot] = values[entry]!;
      slot++;
    }
  }
  return wide;
}
