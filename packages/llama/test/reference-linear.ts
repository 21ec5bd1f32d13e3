/** `yMN = xMK · wNKᵀ` in float64. */
export function linear(xMK: Float64Array, wNK: Float64Array, depth: number): Float64Array {
  const [rows, columns] = [xMK.length / depth, wNK.length / depth];
  const yMN = new Float64Array(rows * columns);
  for (let m = 0; m < rows; m++) {
    for (let n = 0; n < columns; n++) {
      let total = 0;
      for (let k = 0; k < depth; k++) total += xMK[m * depth + k]! * wNK[n * depth + k]!;
      yMN[m * columns + n] = total;
    }
  }
  return yMN;
}

/** Gradients of {@link linear}: `dx = dy · w`, `dw = dyᵀ · x`. */
export function linearGrad(
  dyMN: Float64Array,
  xMK: Float64Array,
  wNK: Float64Array,
  depth: number,
): { dx: Float64Array; dw: Float64Array } {
  const [rows, columns] = [xMK.length / depth, wNK.length / depth];
  const dx = new Float64Array(xMK.length);
  const dw = new Float64Array(wNK.length);
  for (let m = 0; m < rows; m++) {
    for (let n = 0; n < columns; n++) {
      const dy = dyMN[m * columns + n]!;
      for (let k = 0; k < depth; k++) {
        dx[m * depth + k]! += dy * wNK[n * depth + k]!;
        dw[n * depth + k]! += dy * xMK[m * depth + k]!;
      }
    }
  }
  return { dx, dw };
}

/** Sum of two arrays. */
export function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]!);
}
