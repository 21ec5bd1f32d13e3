import { decodeTable, E4M3 } from '@nibble-ml/fp4-format';
import { disposeFp4 } from '@nibble-ml/fp4-gemm';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  readInts,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { tensor2d } from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { clampOutliers } from '../clamp-outliers.ts';
import { compensateDw } from '../compensate-dw/compensate-dw.ts';
import { compensateDwF32 } from '../compensate-dw/f32-order.ts';
import { compensate } from '../compensate/compensate.ts';
import { compensateF32 } from '../compensate/f32-order.ts';
import { occQuantize } from '../occ-quantize/occ-quantize.ts';
import { roundResidualE4m3 } from '../round-residual-e4m3/reference.ts';
import { roundResidual } from '../round-residual-e4m3/round-residual-e4m3.ts';
import { disposeSparseRows } from '../sparse-rows.ts';
import { transposeWeight } from '../transpose-weight/transpose-weight.ts';
import { roundRowsE4m3 } from './reference.ts';

const VALUES = [...decodeTable(E4M3)].filter((value) => value >= 0);

/** The definition once more, by search: the multiple of an E4M3 value by the scale that is nearest. */
function searched(x: number, scale: number): number {
  const distances = VALUES.map((value) => Math.abs(value * scale - Math.abs(x)));
  const least = Math.min(...distances);
  const nearest = VALUES.filter((_, i) => distances[i] === least);
  // Of two as near, the one with the even code: codes ascend with the values.
  const value = nearest.find((candidate) => VALUES.indexOf(candidate) % 2 === 0) ?? nearest[0]!;
  return Math.sign(x) * value * scale;
}

/** Bits of float32 numbers, all exponents alike, subnormals, infinities and NaN included. */
const anyBits = fc.nat({ max: 0x7fffffff }).chain((bits) => fc.constantFrom(bits, bits | 0x80000000));
/** Bits of numbers from 2^-24 to 2^-1, whose rows have normal, subnormal and vanishing E4M3 values. */
const nearBits = fc
  .integer({ min: 103 << 23, max: 126 << 23 })
  .chain((bits) => fc.constantFrom(bits, bits | 0x80000000));

describe('roundRowsE4m3', () => {
  it('rounds to the nearest E4M3 value under a power of two at which the largest does not saturate', () => {
    const x = normalFloats(64, 1).map((value, i) => value * 2 ** -(i % 20));
    x.set([1.75, 1.8125, 0.875 * 2 ** -15, 2 ** -17, 3 * 2 ** -17, 0.46875, -0.5625]);
    for (const amax of [1.75, 1.7500001, 2, 100, 0.001, 447.99]) {
      const row = x.map((value) => Math.min(Math.abs(value), 1) * amax * Math.sign(value));
      const largest = row.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const scale = 2 ** Math.ceil(Math.log2(largest / 448));
      expect([...roundRowsE4m3(row, 1, 64)]).toEqual(Array.from(row, (value) => searched(value, scale)));
      expect(448 * scale).toBeGreaterThanOrEqual(largest);
      expect(224 * scale).toBeLessThan(largest);
    }
  });
});

describe.each(testBackends)('E4M3 compensation on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  async function roundedWeight(w: Float32Array, n: number, k: number): Promise<Float32Array> {
    return expectNoLeaks(async () => {
      const wNK = tensor2d(w, [n, k]);
      const wKN = transposeWeight(wNK, { compensation: 'e4m3' });
      expect(wKN.shape).toEqual([k, n]);
      const values = (await readFloats(wKN)).slice();
      wNK.dispose();
      wKN.dispose();
      return Float32Array.from({ length: n * k }, (_, i) => values[(i % k) * n + Math.floor(i / k)]!);
    });
  }

  function expectBits(actual: Float32Array, expected: Float32Array): void {
    expect(bitsOf(actual)).toEqual(bitsOf(expected));
  }

  it.each([
    [1, 1],
    [3, 5],
    [33, 131],
    [128, 64],
  ])('rounds the channels of a [%i, %i] weight as the reference', async (n, k) => {
    const w = normalFloats(n * k, 5, 0.02).map((value, i) => value * 2 ** -(i % 18));
    expectBits(await roundedWeight(w, n, k), roundRowsE4m3(w, n, k));
  });
  it('rounds any bit patterns alike', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyBits, { minLength: 12, maxLength: 12 }),
        fc.array(nearBits, { minLength: 12, maxLength: 12 }),
        async (any, near) => {
          const w = new Float32Array(Int32Array.from([...any, ...near]).buffer);
          const rounded = await roundedWeight(w, 6, 4);
          expect(bitsOf(rounded)).toEqual(bitsOf(roundRowsE4m3(w, 6, 4)));
        },
      ),
      { seed: 20260105, numRuns: 60 },
    );
  });
  it('makes a channel with a NaN or infinity NaN, and zeros of a vanishing one', async () => {
    const least = 2 ** -100;
    const w = Float32Array.of(1, NaN, 1, -Infinity, 1, 3, 0, -0, least - 2 ** -124, -(2 ** -110), least, 0);
    const rounded = await roundedWeight(w, 6, 2);
    expect([...rounded]).toEqual([NaN, NaN, NaN, NaN, 1, 3, 0, -0, 0, -0, least, 0]);
  });
  it('closes the gaps in a residual whose small entries round to 0', async () => {
    const indices = Int32Array.of(1, 4, 6, 9, 2, 3, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0);
    const tiny = 2 ** -18;
    const values = Float32Array.of(tiny, 448, -tiny, -17, 1, -1.0625, 0, 0, 2 ** -101, 0, 0, 0, 0, 0, 0, 0);
    const expected = roundResidualE4m3(indices, values, 4, 4);
    expect([...expected.indices]).toEqual([4, 9, 0, 0, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...expected.values]).toEqual([448, -17 + 1, 0, 0, 1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    await expectNoLeaks(async () => {
      const residual = roundResidual({
        rows: 4,
        cols: 10,
        width: 4,
        indices: tensor2d(indices, [4, 4], 'int32'),
        values: tensor2d(values, [4, 4]),
      });
      expect(await readInts(residual.indices)).toEqual(expected.indices);
      expectBits(await readFloats(residual.values), expected.values);
      disposeSparseRows(residual);
    });
  });

  it.each([
    { m: 1, k: 10, n: 1, alpha: 0.9 },
    { m: 33, k: 344, n: 129, alpha: 0.97 },
    { m: 70, k: 128, n: 96, alpha: 0.99 },
  ])('gives products with the bits of f32 sums of E4M3 values for %o', async ({ m, k, n, alpha }) => {
    const x = normalFloats(m * k, 1).map((value, i) => (i % 37 === 0 ? 20 * value : value));
    const [w, dy] = [normalFloats(n * k, 2, 0.1), normalFloats(m * n, 4)];
    const [y, dw] = [normalFloats(m * n, 3), normalFloats(n * k, 5)];
    const { width, ...cut } = clampOutliers(x, m, k, alpha);
    const { indices, values } = roundResidualE4m3(cut.indices, cut.values, m, width);
    const rounded = roundRowsE4m3(w, n, k);
    const wKNRounded = Float32Array.from(
      { length: k * n },
      (_, i) => rounded[(i % n) * k + Math.floor(i / n)]!,
    );

    const [expectedY, expectedDw] = [y.slice(), dw.slice()];
    compensateF32(expectedY, indices, values, wKNRounded, m, n, width);
    compensateDwF32(expectedDw, dy, indices, values, { m, n, k, width });

    await expectNoLeaks(async () => {
      const [xMK, wNK] = [tensor2d(x, [m, k]), tensor2d(w, [n, k])];
      const [yMN, dyMN, dwNK] = [
        tensor2d(y.slice(), [m, n]),
        tensor2d(dy, [m, n]),
        tensor2d(dw.slice(), [n, k]),
      ];
      const { quantized, residual } = occQuantize(xMK, { alpha, compensation: 'e4m3' });
      const wKN = transposeWeight(wNK, { compensation: 'e4m3' });
      expect(await readInts(residual!.indices)).toEqual(indices);
      expectBits(await readFloats(residual!.values), values);
      compensate(yMN, residual!, wKN);
      compensateDw(dwNK, dyMN, residual!);
      // Exact products: the same bits whether or not a device fuses them into sums.
      expectBits(await readFloats(yMN), expectedY);
      // dY is no E4M3 value: hardware may fuse its products.
      if (backend !== 'webgpu' || gpuSession()!.software) expectBits(await readFloats(dwNK), expectedDw);
      disposeSparseRows(residual!);
      disposeFp4(quantized);
      for (const tensor of [xMK, wNK, wKN, yMN, dyMN, dwNK]) tensor.dispose();
    });
    // Without rounding the bits are others, so that this test can tell.
    const plain = y.slice();
    const wKN = Float32Array.from({ length: k * n }, (_, i) => w[(i % n) * k + Math.floor(i / n)]!);
    compensateF32(plain, cut.indices, cut.values, wKN, m, n, width);
    expect(plain).not.toEqual(expectedY);
  });
});

describe('E4M3 compensation', () => {
  beforeAll(() => useBackend('cpu'));

  it('has exact products in float32', () => {
    for (const a of VALUES) {
      for (const b of VALUES) expect(Math.fround(a * b)).toBe(a * b);
    }
  });
  it('refuses a compensation that it does not know', () => {
    const x = tensor2d([1, 2], [1, 2]);
    expect(() => occQuantize(x, { alpha: 1, compensation: 'fp8' as never })).toThrow(
      /occQuantize: compensation must be f32 or e4m3, but got fp8/,
    );
    expect(() => transposeWeight(x, { compensation: 'fp8' as never })).toThrow(
      /transposeWeight: compensation must be f32 or e4m3, but got fp8/,
    );
    x.dispose();
  });
});
