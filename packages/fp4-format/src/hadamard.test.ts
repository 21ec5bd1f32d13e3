import { describe, expect, it } from 'vitest';
import { hadamardTransform, randomSigns } from './hadamard.ts';
import { cosineSimilarity, kurtosis } from './metrics.ts';
import { randomBits } from './random-bits.ts';

const uniform = (count: number, seed: number): Float32Array =>
  Float32Array.from(randomBits(count, seed), (bits) => bits / 2 ** 31 - 1);

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Entry of the Sylvester matrix: the parity of the bits that row and column share. */
function sylvester(row: number, col: number): number {
  let shared = row & col;
  let sign = 1;
  for (; shared > 0; shared &= shared - 1) sign = -sign;
  return sign;
}

describe('hadamardTransform', () => {
  it.each([16, 32, 64, 128])('is the Sylvester matrix over √n for n = %i, with and without signs', (n) => {
    const x = uniform(2 * n, n);
    const signs = randomSigns(n, 4);
    for (const d of [undefined, signs]) {
      const y = hadamardTransform(x, n, d === undefined ? {} : { signs: d });
      for (let i = 0; i < 2 * n; i++) {
        const start = i < n ? 0 : n;
        let sum = 0;
        for (let j = 0; j < n; j++) sum += sylvester(i - start, j) * (d?.[j] ?? 1) * x[start + j]!;
        expect(Math.abs(y[i]! - sum / Math.sqrt(n))).toBeLessThan(1e-6);
      }
    }
  });

  it.each([16, 64])('is exact on integers for n = %i, so the inverse gives the same bits', (n) => {
    const x = Float32Array.from(randomBits(4 * n, 8), (bits) => (bits % 2001) - 1000);
    const signs = randomSigns(n, 1);
    expect(hadamardTransform(hadamardTransform(x, n, { signs }), n, { signs, inverse: true })).toEqual(x);
  });

  it.each([32, 128])('is undone by the inverse to 2 roundings for n = %i', (n) => {
    const x = uniform(n, 6);
    const signs = Int8Array.from(randomSigns(n, 2));
    const back = hadamardTransform(hadamardTransform(x, n, { signs }), n, { signs, inverse: true });
    const worst = Math.max(...x.map((value, i) => Math.abs(value - back[i]!)));
    // Each output carries the roundings of n inputs of at most √n each, over √n.
    expect(worst).toBeLessThan(Math.sqrt(n) * 2 ** -22);
  });

  it('keeps inner products and spreads an outlier', () => {
    const x = uniform(128, 1);
    const y = uniform(128, 2);
    x[5] = 100;
    const signs = randomSigns(128, 3);
    const [hx, hy] = [x, y].map((v) => hadamardTransform(v, 128, { signs })) as [Float32Array, Float32Array];
    expect(dot(hx, hy)).toBeCloseTo(dot(x, y), 4);
    expect(kurtosis(x)).toBeGreaterThan(100);
    expect(kurtosis(hx)).toBeLessThan(5);
    expect(cosineSimilarity(x, hx)).toBeLessThan(0.9);
  });

  it('refuses other sizes and signs', () => {
    expect(() => hadamardTransform(new Float32Array(24), 24)).toThrow(
      /blockSize must be 16, 32, 64 or 128, but got 24/,
    );
    expect(() => hadamardTransform(new Float32Array(24), 16)).toThrow(/multiple of blockSize 16, but got 24/);
    expect(() => hadamardTransform(new Float32Array(16), 16, { signs: new Float32Array(16) })).toThrow(
      /\+1 or -1/,
    );
  });
});

describe('randomSigns', () => {
  it('depends on the seed and has both signs', () => {
    expect(randomSigns(64, 5)).toEqual(randomSigns(64, 5));
    expect(randomSigns(64, 5)).not.toEqual(randomSigns(64, 6));
    expect(new Set(randomSigns(64, 5))).toEqual(new Set([1, -1]));
  });
});
