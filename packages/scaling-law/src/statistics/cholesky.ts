/**
 * Cholesky factor of a symmetric matrix (row-major, `size` × `size`), lower triangle; `undefined` where the matrix
 * is not positive definite to working precision.
 */
export function choleskyFactor(matrix: Float64Array, size: number): Float64Array | undefined {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= factor[row * size + k]! * factor[column * size + k]!;
      if (row === column) {
        if (!(sum > 0)) return undefined;
        factor[row * size + row] = Math.sqrt(sum);
      } else {
        factor[row * size + column] = sum / factor[column * size + column]!;
      }
    }
  }
  return factor;
}

/** Solves `F Fᵀ x = rightSide` for a factor of {@link choleskyFactor}. */
export function choleskySolve(factor: Float64Array, size: number, rightSide: Float64Array): Float64Array {
  const solution = Float64Array.from(rightSide);
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) solution[row]! -= factor[row * size + k]! * solution[k]!;
    solution[row]! /= factor[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) solution[row]! -= factor[k * size + row]! * solution[k]!;
    solution[row]! /= factor[row * size + row]!;
  }
  return solution;
}

/**
 * Inverse of a positive semidefinite matrix whose diagonal is first raised by the factor `1 + ridge`, ten times
 * more at each failure, until it can be factored. Rows with a zero diagonal get the unit diagonal.
 */
export function regularizedInverse(matrix: Float64Array, size: number, ridge: number): Float64Array {
  for (let strength = ridge; ; strength *= 10) {
    const raised = Float64Array.from(matrix);
    for (let i = 0; i < size; i++) {
      const diagonal = matrix[i * size + i]!;
      raised[i * size + i] = diagonal > 0 ? diagonal * (1 + strength) : 1;
    }
    const factor = choleskyFactor(raised, size);
    if (factor === undefined && strength < 1e6) continue;
    const inverse = new Float64Array(size * size);
    for (let column = 0; column < size; column++) {
      const unit = new Float64Array(size);
      unit[column] = 1;
      // A matrix with NaN can never be factored: the identity lets the line search find that out.
      inverse.set(factor === undefined ? unit : choleskySolve(factor, size, unit), column * size);
    }
    return inverse;
  }
}
