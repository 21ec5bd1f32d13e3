import { randomBits } from './random-bits.ts';

/** Options of {@link hadamardTransform}. */
export interface HadamardOptions {
  /** Signs `[blockSize]` of +1 and -1, the same for every block; default all +1. See {@link randomSigns}. */
  readonly signs?: Float32Array | Int8Array;
  /** Whether to undo the transform; default false. */
  readonly inverse?: boolean;
}

/**
 * Returns the orthonormal Walsh-Hadamard transform of each block of `blockSize` neighbours:
 * y = H·D·x / √n, with H the Sylvester matrix in natural order and D the diagonal of signs; the inverse is D·H·y / √n.
 *
 * Applied to both operands along their common axis it leaves a product unchanged and spreads outliers (used on the
 * inputs of the weight-gradient GEMM in arXiv 2509.25149, section 4.2). Sums are float64 and are rounded to float32
 * once.
 *
 * @param x - Any shape whose last axis is a multiple of blockSize; the result has the same shape.
 * @param blockSize - 16, 32, 64 or 128.
 * @throws RangeError if the block size, the length of x or the signs do not fit.
 */
export function hadamardTransform(
  x: Float32Array,
  blockSize: number,
  options: HadamardOptions = {},
): Float32Array {
  const { signs, inverse = false } = options;
  if (![16, 32, 64, 128].includes(blockSize)) {
    throw new RangeError(`hadamardTransform: blockSize must be 16, 32, 64 or 128, but got ${blockSize}`);
  }
  if (x.length % blockSize !== 0) {
    throw new RangeError(
      `hadamardTransform: the length of x must be a multiple of blockSize ${blockSize}, but got ${x.length}; pad it first`,
    );
  }
  if (
    signs !== undefined &&
    (signs.length !== blockSize || signs.some((sign) => sign !== 1 && sign !== -1))
  ) {
    throw new RangeError(
      `hadamardTransform: signs must be ${blockSize} values of +1 or -1, but got ${String(signs)}`,
    );
  }
  const scale = 1 / Math.sqrt(blockSize);
  const y = new Float32Array(x.length);
  const block = new Float64Array(blockSize);
  for (let start = 0; start < x.length; start += blockSize) {
    for (let i = 0; i < blockSize; i++) block[i] = x[start + i]! * (inverse ? 1 : (signs?.[i] ?? 1));
    fastWalshHadamard(block);
    for (let i = 0; i < blockSize; i++) y[start + i] = block[i]! * scale * (inverse ? (signs?.[i] ?? 1) : 1);
  }
  return y;
}

/**
 * Returns `count` random signs, +1 or -1, that depend on the seed alone, float32 `[count]`.
 *
 * @throws RangeError if count is not a non-negative integer.
 */
export function randomSigns(count: number, seed: number): Float32Array {
  return Float32Array.from(randomBits(count, seed), (bits) => (bits >>> 31 === 1 ? -1 : 1));
}

/** In place, n·log2(n) additions, unnormalized. */
function fastWalshHadamard(block: Float64Array): void {
  for (let half = 1; half < block.length; half *= 2) {
    for (let start = 0; start < block.length; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const a = block[i]!;
        const b = block[i + half]!;
        block[i] = a + b;
        block[i + half] = a - b;
      }
    }
  }
}
