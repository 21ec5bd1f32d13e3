import { roundRowsE4m3 } from '../round-rows-e4m3/reference.ts';

/**
 * The definition of the op: the values of each row rounded by {@link roundRowsE4m3}. Entries that round to 0 leave their slots
 * to those behind them, so that the used slots still come first.
 */
export function roundResidualE4m3(
  indices: Int32Array,
  values: Float32Array,
  rows: number,
  width: number,
): { indices: Int32Array; values: Float32Array } {
  const rounded = roundRowsE4m3(values, rows, width);
  const kept = { indices: new Int32Array(rows * width), values: new Float32Array(rows * width) };
  for (let row = 0; row < rows; row++) {
    let slot = row * width;
    for (let i = row * width; i < (row + 1) * width; i++) {
      if (rounded[i] === 0) continue;
      kept.indices[slot] = indices[i]!;
      kept.values[slot] = rounded[i]!;
      slot++;
    }
  }
  return kept;
}
