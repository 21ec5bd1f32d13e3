import { unpackCodes } from '@nibble-ml/fp4-format';
import { disposeFp4 } from '@nibble-ml/fp4-gemm';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  readInts,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { quantileRanks } from '../quantile-ranks.ts';
import { disposeSparseRows } from '../sparse-rows.ts';
import { occQuantize } from './occ-quantize.ts';
import { occQuantizeReference } from './reference.ts';
import type { OccArrays } from './reference.ts';

/** Runs the op and reads all its outputs. */
async function run(x: Float32Array, rows: number, cols: number, alpha: number): Promise<OccArrays> {
  return expectNoLeaks(async () => {
    const xMK = tensor2d(x, [rows, cols]);
    const { quantized, residual } = occQuantize(xMK, { alpha });
    const outputs = {
      words: (await readInts(quantized.codes)).slice(),
      scales: (await readFloats(quantized.scales)).slice(),
      indices: residual === null ? new Int32Array(0) : (await readInts(residual.indices)).slice(),
      values: residual === null ? new Float32Array(0) : (await readFloats(residual.values)).slice(),
    };
    xMK.dispose();
    disposeFp4(quantized);
    if (residual !== null) disposeSparseRows(residual);
    return outputs;
  });
}

function expectSameBits(actual: OccArrays, expected: OccArrays): void {
  expect(actual.words).toEqual(expected.words);
  expect(bitsOf(actual.scales)).toEqual(bitsOf(expected.scales));
  expect(actual.indices).toEqual(expected.indices);
  expect(bitsOf(actual.values)).toEqual(bitsOf(expected.values));
}

async function checkAgainstReference(
  x: Float32Array,
  rows: number,
  cols: number,
  alpha: number,
): Promise<OccArrays> {
  const outputs = await run(x, rows, cols, alpha);
  expectSameBits(outputs, occQuantizeReference(x, rows, cols, quantileRanks(alpha, cols)));
  return outputs;
}

/** Normal values, of which every 37th is 20 times as large. */
function heavyTailed(size: number, seed: number): Float32Array {
  return normalFloats(size, seed).map((value, i) => (i % 37 === 0 ? 20 * value : value));
}

/** Bits of float32 numbers below 2^127, all exponents alike, subnormals and both zeros included. */
const finiteBits = fc
  .nat({ max: 0x7effffff })
  .chain((magnitude) => fc.constantFrom(magnitude, magnitude | 0x80000000));

describe.each(testBackends)('occQuantize on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    [1, 100, 0.99],
    [3, 101, 0.99],
    [7, 128, 0.97],
    [64, 128, 0.99],
    [33, 344, 0.99],
    [5, 2048, 0.999],
    [2, 1031, 0.97],
    [3, 4096, 0.99],
    [2, 4096, 0.9],
    [4, 3, 0.6],
    [9, 64, 0.51],
    // 2, 3, 4, 5, 8, 9, 16 and 17 elements at or beyond a threshold: both sides of every switch of WebGPU kernels.
    [9, 199, 0.99],
    [10, 200, 0.99],
    [17, 399, 0.99],
    [8, 400, 0.99],
    [13, 799, 0.99],
    [11, 800, 0.99],
    [10, 1599, 0.99],
    [9, 1600, 0.99],
  ])('gives the bits of the reference for [%i, %i] at alpha %f', async (rows, cols, alpha) => {
    const { values } = await checkAgainstReference(heavyTailed(rows * cols, 11), rows, cols, alpha);
    expect(values.some((value) => value !== 0)).toBe(true);
  });
  it('gives the bits of the reference for arbitrary finite bit patterns', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 2, max: 40 })
          .chain((cols) =>
            fc.tuple(fc.constant(cols), fc.array(finiteBits, { minLength: 3 * cols, maxLength: 3 * cols })),
          ),
        fc.constantFrom(0.6, 0.9, 0.95),
        async ([cols, bits], alpha) => {
          const x = new Float32Array(Int32Array.from(bits).buffer);
          const { scales } = await checkAgainstReference(x, 3, cols, alpha);
          expect(scales.every((scale) => scale >= 0)).toBe(true);
        },
      ),
      { seed: 20260102, numRuns: 60 },
    );
  });
  it('rounds every scale mantissa and tie alike', async () => {
    // Rows [amax, ties of 1/4 amax/6 and their neighbours, two outliers]; amax walks through mantissas of all kinds.
    const rows = 512;
    const cols = 104;
    const x = new Float32Array(rows * cols);
    const bits = new Int32Array(x.buffer);
    const mantissas = normalFloats(rows, 5, 1e6).map((value) => Math.abs(Math.round(value)) & 0x7fffff);
    // 1.5 is where a sixth gains a bit: 6 becomes 1.
    mantissas.set([0, 1, 2, 0x3fffff, 0x400000, 0x400001, 0x400002, 0x7ffffe, 0x7fffff]);
    for (let row = 0; row < rows; row++) {
      const start = row * cols;
      bits[start] = ((100 + (row % 60)) << 23) | mantissas[row]!;
      const scale = Math.fround(x[start]! / 6);
      for (let i = 1; i < cols - 2; i++) {
        x[start + i] = scale * [0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5][i % 7]!;
        bits[start + i]! += (Math.floor(i / 7) % 5) - 2;
        if (i % 2 === 1) x[start + i] = -x[start + i]!;
      }
      x[start + cols - 2] = 3 * x[start]!;
      x[start + cols - 1] = -3 * x[start]!;
    }
    const { scales } = await checkAgainstReference(x, rows, cols, 0.99);
    // The outliers are off, and the amax is the planned one.
    expect(scales.every((scale, row) => scale === Math.fround(x[row * cols]! / 6))).toBe(true);
  });
  it.each([
    ['zero', 0],
    ['minus zero', -0],
    ['one', 1],
    ['minus one third', -1 / 3],
    ['subnormal', 1e-40],
    ['2^-100', 2 ** -100],
    ['just below 2^-100', 2 ** -100 - 2 ** -124],
  ])('cuts nothing off a constant row of %s', async (_, value) => {
    const { values } = await checkAgainstReference(new Float32Array(200).fill(value), 2, 100, 0.9);
    expect(values.every((entry) => Object.is(entry, 0))).toBe(true);
  });
  it('orders -0 below 0 and makes no entry of it', async () => {
    const x = new Float32Array(30).map((_, i) => (i % 3 === 0 ? -0 : 0));
    const { values, words } = await checkAgainstReference(x, 1, 30, 0.9);
    expect(values.every((entry) => entry === 0)).toBe(true);
    // The ten -0 stay below the thresholds' ranks 3 and 27, so nothing changes its sign.
    expect([...unpackCodes(words, 1, 30)]).toEqual(
      Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 8 : 0)),
    );
  });
  it('keeps a residual where the clamped row vanishes', async () => {
    const x = new Float32Array(100);
    x[17] = 5;
    x[80] = -7;
    x[81] = 1e-38;
    const { scales, indices, values } = await checkAgainstReference(x, 1, 100, 0.98);
    expect(scales[0]).toBe(0);
    expect([...indices]).toEqual([17, 80, 0]);
    expect([...values]).toEqual([5, -7, 0]);
  });
  it('takes magnitudes from 2^-100 on for residuals and scales', async () => {
    const least = 2 ** -100;
    const below = least - 2 ** -124;
    const x = new Float32Array(3 * 20);
    x.set([least, -least, below, -below], 3);
    x.fill(least, 20, 40);
    x.fill(below, 40, 60);
    const { scales, values } = await checkAgainstReference(x, 3, 20, 0.8);
    expect([...values.subarray(0, 7)]).toEqual([least, -least, 0, 0, 0, 0, 0]);
    expect([...scales]).toEqual([0, Math.fround(least / 6), 0]);
  });
  it.each([NaN, -NaN, Infinity, -Infinity])(
    'gives a row with %f the scale NaN and no residual',
    async (bad) => {
      const x = heavyTailed(3 * 100, 12);
      x[150] = bad;
      const { scales, values, words } = await checkAgainstReference(x, 3, 100, 0.95);
      expect(bitsOf(scales)[1]).toBe(0x7fc00000);
      expect(values.subarray(9, 18).every((value) => value === 0)).toBe(true);
      expect(
        unpackCodes(words, 3, 100)
          .subarray(100, 200)
          .every((code) => (code & 7) === 0),
      ).toBe(true);
      expect(scales[0]).toBeGreaterThan(0);
      expect(scales[2]).toBeGreaterThan(0);
    },
  );
  it('tells NaN from infinity bits of either sign', async () => {
    const bits = Int32Array.of(
      0x7fc00000,
      0xffc00000 | 0,
      0x7f800001,
      0xff800001 | 0,
      0x7f800000,
      0xff800000 | 0,
    );
    const x = new Float32Array(6 * 10).fill(1);
    const xBits = new Int32Array(x.buffer);
    for (const [row, pattern] of bits.entries()) xBits[row * 10 + row] = pattern;
    const { scales } = await run(x, 6, 10, 0.9);
    expect([...bitsOf(scales)]).toEqual(Array.from({ length: 6 }, () => 0x7fc00000));
  });
  it('handles no rows', async () => {
    await expectNoLeaks(async () => {
      const xMK = tensor2d([], [0, 128]);
      const { quantized, residual } = occQuantize(xMK, { alpha: 0.99 });
      expect(quantized.codes.shape).toEqual([0, 16]);
      expect(quantized.scales.shape).toEqual([0]);
      expect(residual!.indices.shape).toEqual([0, 2]);
      xMK.dispose();
      disposeFp4(quantized);
      disposeSparseRows(residual!);
    });
  });
  it('is plain quantization for alpha 1 and for rows too short to cut', async () => {
    const x = heavyTailed(8 * 48, 13);
    const plain = await run(x, 8, 48, 1);
    expect(plain.values).toHaveLength(0);
    expectSameBits(await run(x, 8, 48, 0.99), plain);
    expectSameBits(plain, occQuantizeReference(x, 8, 48, quantileRanks(1, 48)));
  });
  it('notices a changed alpha', async () => {
    const x = heavyTailed(4 * 128, 14);
    const { scales } = await run(x, 4, 128, 0.99);
    expect(scales).not.toEqual((await run(x, 4, 128, 0.98)).scales);
    expect(scales).not.toEqual((await run(x, 4, 128, 0.999)).scales);
  });
});

describe('occQuantize', () => {
  beforeAll(() => useBackend('cpu'));

  it('says what is wrong with its arguments', async () => {
    await expectNoLeaks(async () => {
      const x = tensor2d([1, 2], [1, 2]);
      const flat = tensor1d([1]);
      const ints = tensor2d([1], [1, 1], 'int32');
      expect(() => occQuantize(x, { alpha: 0.5 })).toThrow(
        /occQuantize: alpha must be above 0\.5 and at most 1, but got 0\.5/,
      );
      expect(() => occQuantize(x, { alpha: NaN })).toThrow(RangeError);
      expect(() => occQuantize(flat as never, { alpha: 1 })).toThrow(
        /xMK must have shape \[M, K\], but got \[1\]/,
      );
      expect(() => occQuantize(ints, { alpha: 1 })).toThrow(/xMK must be float32, but got int32/);
      for (const tensor of [x, flat, ints]) tensor.dispose();
    });
  });
});
