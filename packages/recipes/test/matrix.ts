/** A matrix off the device. */
export interface Matrix {
  readonly values: Float32Array | Float64Array;
  readonly rows: number;
  readonly cols: number;
}

/** A matrix of these values. */
export function matrix(values: Matrix['values'], rows: number, cols: number): Matrix {
  return { values, rows, cols };
}

/** The product in float64. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.rows) throw new Error(`multiply: ${a.cols} columns and ${b.rows} rows`);
  const values = new Float64Array(a.rows * b.cols);
  for (let row = 0; row < a.rows; row++) {
    for (let k = 0; k < a.cols; k++) {
      const factor = a.values[row * a.cols + k]!;
      for (let col = 0; col < b.cols; col++) {
        values[row * b.cols + col]! += factor * b.values[k * b.cols + col]!;
      }
    }
  }
  return matrix(values, a.rows, b.cols);
}

/** The transposed matrix. */
export function transposed({ values, rows, cols }: Matrix): Matrix {
  const turned = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) turned[col * rows + row] = values[row * cols + col]!;
  }
  return matrix(turned, cols, rows);
}

/** The largest difference as a share of the largest value: sums of float32 products differ by order. */
export function worstError(got: Float32Array, { values }: Matrix): number {
  if (got.length !== values.length) return Infinity;
  let [size, difference] = [0, 0];
  for (const [i, value] of values.entries()) {
    size = Math.max(size, Math.abs(value));
    difference = Math.max(difference, Math.abs(value - got[i]!));
  }
  return size === 0 ? difference : difference / size;
}
