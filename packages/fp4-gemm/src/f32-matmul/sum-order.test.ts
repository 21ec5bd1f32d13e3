import { tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import type { TestBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { f32MatMul } from './f32-matmul.ts';

// The definition once more, as plainly as can be, so that neither the cpu kernel nor a constant is its own judge.
const BLOCK = 384;

type Step = (sum: number, a: number, b: number) => number;
const roundTwice: Step = (sum, a, b) => Math.fround(sum + Math.fround(a * b));

/** The sum of a[i] b[i], in blocks of `block` steps from zero, which are added in order. */
function sumOf(a: Float32Array, b: Float32Array, block = BLOCK, step = roundTwice): number {
  let total = 0;
  for (let first = 0; first < a.length; first += block) {
    let sum = 0;
    for (let i = first; i < Math.min(first + block, a.length); i++) sum = step(sum, a[i]!, b[i]!);
    total = Math.fround(total + sum);
  }
  return total;
}

/** The product of rows of `k` values: A `[M, K]` and Bᵀ `[N, K]`. */
function product(aMK: Float32Array, bNK: Float32Array, k: number): Float32Array {
  const [m, n] = [aMK.length / k, bNK.length / k];
  const row = (of: Float32Array, index: number): Float32Array => of.subarray(index * k, (index + 1) * k);
  return Float32Array.from({ length: m * n }, (_, i) => sumOf(row(aMK, Math.floor(i / n)), row(bNK, i % n)));
}

function transposed(values: Float32Array, rows: number, cols: number): Float32Array {
  return values.map((_, i) => values[(i % rows) * cols + Math.floor(i / rows)]!);
}

/** A `[rows, cols]` as tensor, stored transposed if asked for. */
function matrix(values: Float32Array, rows: number, cols: number, isTransposed: boolean): Tensor2D {
  return isTransposed
    ? tensor2d(transposed(values, rows, cols), [cols, rows])
    : tensor2d(values, [rows, cols]);
}

// Around one block and beyond two; the last crosses the workgroups of the shader and the row blocks of wasm.
const MNK = [
  [13, 11, 1],
  [13, 11, 7],
  [13, 11, 383],
  [13, 11, 384],
  [13, 11, 385],
  [13, 11, 1000],
  [7, 9, 1537],
  [261, 131, 9],
] as const;
const LAYOUTS = [
  ['NT', false, true],
  ['NN', false, false],
  ['TN', true, false],
] as const;

const NOT_PROMISED = 'a hardware GPU may contract a * b + c';

describe('the order of summation', () => {
  it('can be told from others by the bits', () => {
    const pairs = Array.from(
      { length: 40 },
      (_, seed) => [normalFloats(1000, 2 * seed), normalFloats(1000, 2 * seed + 1)] as const,
    );
    const sums = (block?: number, step?: Step): number[] => pairs.map(([a, b]) => sumOf(a, b, block, step));
    const others = [
      ...[128, 256, 383, 385, 512, 1000].map((block) => sums(block)),
      sums(BLOCK, (sum, a, b) => Math.fround(sum + a * b)),
      pairs.map(([a, b]) => sumOf(a.toReversed(), b.toReversed())),
    ];
    for (const other of others) expect(other).not.toEqual(sums());
  });
});

/** Whether the backend promises the bits. */
function promisesBits(backend: TestBackend): boolean {
  return backend !== 'webgpu' || gpuSession()!.software;
}

describe.each(testBackends)('bits on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.for(LAYOUTS)(
    'of f32MatMul %s are those of the definition',
    async ([, transposeA, transposeB], { skip }) => {
      skip(!promisesBits(backend), NOT_PROMISED);
      for (const [m, n, k] of MNK) {
        await expectNoLeaks(async () => {
          const [aMK, bNK] = [normalFloats(m * k, m + k), normalFloats(n * k, n + k + 7)];
          const [a, b] = [matrix(aMK, m, k, transposeA), matrix(bNK, n, k, !transposeB)];
          const c = f32MatMul(a, b, { transposeA, transposeB });
          expect(bitsOf(await readFloats(c)), `${m} ${n} ${k}`).toEqual(bitsOf(product(aMK, bNK, k)));
          for (const tensor of [a, b, c]) tensor.dispose();
        });
      }
    },
  );
});
