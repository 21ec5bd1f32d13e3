/** The smallest singular value of a matrix, and its right singular vector. */
export interface SmallestSingular {
  readonly value: number;
  readonly vector: number[];
}

/** Sweeps of rotations; convergence is quadratic, 6 to 10 do for any matrix of this size. */
const SWEEPS = 30;

/**
 * Smallest singular value of a matrix given by its columns, by one-sided Jacobi rotations. Unlike the eigenvalues of
 * `AᵀA`, it keeps its digits where columns are all but dependent.
 */
export function smallestSingular(columns: readonly Float64Array[]): SmallestSingular {
  const a = columns.map((column) => Float64Array.from(column));
  const size = a.length;
  const v = a.map((_, p) => Float64Array.from({ length: size }, (__, q) => (p === q ? 1 : 0)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotated = orthogonalize(a, v, p, q) || rotated;
    }
    if (!rotated) break;
  }
  const norms = a.map((column) => Math.sqrt(dot(column, column)));
  const smallest = norms.indexOf(Math.min(...norms));
  return { value: norms[smallest]!, vector: [...v[smallest]!] };
}

/** Rotates two columns until they are orthogonal; false if they were. */
function orthogonalize(a: Float64Array[], v: Float64Array[], p: number, q: number): boolean {
  const [pp, qq, pq] = [dot(a[p]!, a[p]!), dot(a[q]!, a[q]!), dot(a[p]!, a[q]!)];
  if (Math.abs(pq) <= 1e-15 * Math.sqrt(pp * qq)) return false;
  const zeta = (qq - pp) / (2 * pq);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(zeta, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  for (const columns of [a, v]) rotate(columns[p]!, columns[q]!, cosine, cosine * tangent);
  return true;
}

function rotate(x: Float64Array, y: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < x.length; i++) {
    const [xi, yi] = [x[i]!, y[i]!];
    x[i] = cosine * xi - sine * yi;
    y[i] = sine * xi + cosine * yi;
  }
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}
