/** The smallest eigenvalue of a symmetric matrix, and its unit eigenvector. */
export interface SmallestEigen {
  readonly value: number;
  readonly vector: number[];
}

/** Sweeps of Jacobi's method; it converges quadratically, 6 to 10 do for any matrix of this size. */
const SWEEPS = 30;

/** Smallest eigenpair of a symmetric matrix (row-major, `size` × `size`), by cyclic Jacobi rotations. */
export function smallestEigen(matrix: Float64Array, size: number): SmallestEigen {
  const a = Float64Array.from(matrix);
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, vectors, size, p, q);
    }
  }
  let smallest = 0;
  for (let i = 1; i < size; i++) if (a[i * size + i]! < a[smallest * size + smallest]!) smallest = i;
  return {
    value: a[smallest * size + smallest]!,
    vector: Array.from({ length: size }, (_, row) => vectors[row * size + smallest]!),
  };
}

/** Zeroes element (p, q) of `a` by a rotation, and applies the same to the eigenvectors. */
function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const offDiagonal = a[p * size + q]!;
  if (offDiagonal === 0) return;
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * offDiagonal);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  const rotatePair = (target: Float64Array, first: number, second: number): void => {
    const x = target[first]!;
    const y = target[second]!;
    target[first] = cosine * x - sine * y;
    target[second] = sine * x + cosine * y;
  };
  for (let k = 0; k < size; k++) rotatePair(a, k * size + p, k * size + q);
  for (let k = 0; k < size; k++) rotatePair(a, p * size + k, q * size + k);
  for (let k = 0; k < size; k++) rotatePair(vectors, k * size + p, k * size + q);
}
