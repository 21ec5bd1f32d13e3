import { engine, grad, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  readInts,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { disposeFp4 } from '../fp4-tensor.ts';
import { registerFp4Gemm } from '../register.ts';
import { fp4Quantize } from './fp4-quantize.ts';
import { FP4_QUANTIZE } from './kernel-name.ts';
import { quantizeReference } from './reference.ts';

const SHAPES = [
  [0, 5],
  [5, 0],
  [1, 1],
  [1, 7],
  [2, 8],
  [3, 9],
  [7, 16],
  [5, 17],
  [13, 31],
  [31, 127],
  [3, 1031],
  [70, 24],
] as const;
const GRANULARITIES = ['vector', 'tensor'] as const;

/** Normal values whose rows differ in magnitude by up to 2^120. */
function valuesOf(rows: number, cols: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const x = normalFloats(rows * cols, seed);
  for (let row = 0; row < rows; row++) {
    const factor = 2 ** Math.floor(random() * 120 - 60);
    for (let col = 0; col < cols; col++) x[row * cols + col]! *= factor;
  }
  return x;
}

async function quantizeBits(x: Float32Array, rows: number, cols: number, granularity: 'vector' | 'tensor') {
  return expectNoLeaks(async () => {
    const xRC = tensor2d(x, [rows, cols]);
    const q = fp4Quantize(xRC, { granularity });
    const words = (await readInts(q.codes)).slice();
    const scales = (await readFloats(q.scales)).slice();
    disposeFp4(q);
    xRC.dispose();
    return { words, scales: bitsOf(scales) };
  });
}

function expectedBits(x: Float32Array, rows: number, cols: number, granularity: 'vector' | 'tensor') {
  const { words, scales } = quantizeReference(x, rows, cols, granularity);
  return { words, scales: bitsOf(scales) };
}

function scalesOf(x: Tensor): Tensor {
  registerFp4Gemm();
  const attrs = {
    granularity: 'vector',
    scale: 'exact',
    rounding: 'nearestEven',
    seed: 0,
    cols: x.shape[1]!,
  };
  const outputs = engine().runKernel(FP4_QUANTIZE, { x }, attrs);
  return (outputs as unknown as [Tensor, Tensor])[1];
}

function floatOf(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}

describe.each(testBackends)('fp4Quantize on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(GRANULARITIES)(
    'gives the bits of the reference at any size, granularity %s',
    async (granularity) => {
      for (const [rows, cols] of SHAPES) {
        const x = valuesOf(rows, cols, rows * 1000 + cols);
        expect(await quantizeBits(x, rows, cols, granularity), `[${rows}, ${cols}]`).toEqual(
          expectedBits(x, rows, cols, granularity),
        );
      }
    },
  );

  it('packs eight codes to a word, first code lowest, and pads with zero', async () => {
    const { words, scales } = await quantizeBits(
      Float32Array.of(0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -6),
      1,
      12,
      'vector',
    );
    expect([...words].map((word) => (word >>> 0).toString(16))).toEqual(['76543210', 'fa98']);
    expect([...scales]).toEqual([0x3f800000]);
  });

  it('rounds to the nearest code and ties to even, two ulp around every midpoint of many scales', async () => {
    const rows = 300;
    const cols = 8 + 2 * 7 * 5;
    const random = seededRandom(5);
    const x = new Float32Array(rows * cols);
    for (let row = 0; row < rows; row++) {
      const scale = Math.fround((1 + random()) * 2 ** Math.floor(random() * 190 - 95));
      const values = [6 * scale, 0, -0, 0, 0, 0, 0, 0];
      for (const midpoint of [0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5]) {
        const bits = bitsOf(Float32Array.of(midpoint * scale))[0]!;
        for (const ulp of [-2, -1, 0, 1, 2]) values.push(floatOf(bits + ulp), -floatOf(bits + ulp));
      }
      x.set(values, row * cols);
    }
    expect(await quantizeBits(x, rows, cols, 'vector')).toEqual(expectedBits(x, rows, cols, 'vector'));
  });

  it('rounds amax / 6 to the nearest float32 for every residue of the mantissa', async () => {
    const amaxes = [
      1,
      2 ** -100,
      2 ** 127,
      3.4028234663852886e38,
      1.1754943508222875e-30,
      6,
      3,
      1.5,
      5.999999523162842,
    ];
    const random = seededRandom(9);
    for (let i = 0; i < 200; i++)
      amaxes.push(Math.fround((1 + random()) * 2 ** Math.floor(random() * 220 - 100)));
    for (let i = 0; i < 12; i++) amaxes.push(floatOf(0x3fc00000 - 6 + i), floatOf(0x3f800000 + i));
    const { scales } = await quantizeBits(Float32Array.from(amaxes), amaxes.length, 1, 'vector');
    expect(scales).toEqual(bitsOf(Float32Array.from(amaxes, (amax) => amax / 6)));
  });

  it.each(GRANULARITIES)('agrees on any bit patterns, granularity %s', async (granularity) => {
    // One row in four is finite; the patterns of the others hold NaN and infinity as often as they come.
    const [rows, cols] = [96, 131];
    const random = seededRandom(11);
    const bits = Uint32Array.from({ length: rows * cols }, (_, i) => {
      const pattern = Math.floor(random() * 2 ** 32);
      return Math.floor(i / cols) % 4 === 0 ? pattern & 0xbfffffff : pattern;
    });
    const x = new Float32Array(bits.buffer);
    expect(await quantizeBits(x, rows, cols, granularity)).toEqual(expectedBits(x, rows, cols, granularity));
    const finite = x.subarray(0, cols);
    expect(await quantizeBits(finite, 1, cols, granularity)).toEqual(
      expectedBits(finite, 1, cols, granularity),
    );
  });

  it('gives scale 0 and signed zeros to a row whose amax is below 2^-100', async () => {
    const below = floatOf((27 << 23) - 1);
    const x = Float32Array.of(
      below,
      -below,
      1e-40,
      -1e-45,
      0,
      -0,
      0,
      -0,
      0,
      0,
      0,
      0,
      -0,
      -0,
      -0,
      -0,
      2 ** -100,
      -1e-45,
      0,
      -0,
      0,
      0,
      0,
      0,
    );
    const { words, scales } = await quantizeBits(x, 3, 8, 'vector');
    expect(words).toEqual(Int32Array.of(0x80808080 | 0, 0x88880000 | 0, 0x8087));
    expect([...scales]).toEqual([0, 0, bitsOf(Float32Array.of(2 ** -100 / 6))[0]]);
  });

  it.each(GRANULARITIES)(
    'marks a NaN or an infinity by the scale NaN and zero codes, granularity %s',
    async (granularity) => {
      const x = normalFloats(5 * 19, 3);
      x[1 * 19 + 18] = NaN;
      x[2 * 19 + 3] = Infinity;
      x[4 * 19] = -Infinity;
      const result = await quantizeBits(x, 5, 19, granularity);
      expect(result).toEqual(expectedBits(x, 5, 19, granularity));
      const bad = granularity === 'tensor' ? [0] : [1, 2, 4];
      expect(bad.map((row) => result.scales[row])).toEqual(bad.map(() => 0x7fc00000));
      expect([...result.words].filter((word) => (word & 0x77777777) !== 0).length).toBe(
        granularity === 'tensor' ? 0 : 6,
      );
    },
  );

  it('has the gradient zero when its kernel is run on the tape', async () => {
    const x = tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const dx = grad(scalesOf)(x);
    expect([...(await readFloats(dx))]).toEqual([0, 0, 0, 0, 0, 0]);
    for (const t of [x, dx]) t.dispose();
  });

  it('says what is wrong with its arguments', () => {
    const ints = tensor2d([1], [1, 1], 'int32');
    const vector = tensor1d([1]);
    const matrix = tensor2d([1], [1, 1]);
    expect(() => fp4Quantize(ints)).toThrow('fp4Quantize: x must be float32, but got int32; cast it first');
    expect(() => fp4Quantize(vector as unknown as Tensor2D)).toThrow(
      'fp4Quantize: x must have 2 dimensions, but got shape [1]; reshape it first',
    );
    expect(() => fp4Quantize(matrix, { granularity: 'row' as 'vector' })).toThrow(
      `fp4Quantize: granularity must be 'vector', 'tensor' or { block: n }, but got "row"`,
    );
    expect(() => fp4Quantize(matrix, { granularity: { block: 12 } })).toThrow(
      'fp4Quantize: a block must have a multiple of 8 columns, 16 or 32 for example, but got 12',
    );
    expect(() => fp4Quantize(matrix, { granularity: { block: 0 } })).toThrow('multiple of 8 columns');
    expect(() => fp4Quantize(matrix, { scale: 'pow2' as 'exact' })).toThrow(
      "fp4Quantize: scale must be one of exact, powerOfTwo, e8m0Floor, e8m0Ceil, e4m3, but got 'pow2'",
    );
    expect(() => fp4Quantize(matrix, { rounding: 'up' as 'stochastic' })).toThrow(
      "fp4Quantize: rounding must be 'nearestEven' or 'stochastic', but got 'up'",
    );
    expect(() => fp4Quantize(matrix, { rounding: 'stochastic' })).toThrow(
      "fp4Quantize: rounding 'stochastic' must come with a seed, but got none",
    );
    for (const seed of [-1, 2 ** 32, 0.5, NaN]) {
      expect(() => fp4Quantize(matrix, { rounding: 'stochastic', seed })).toThrow(
        `fp4Quantize: seed must be an integer from 0 to 2^32 - 1, but got ${seed}`,
      );
    }
    ints.dispose();
    vector.dispose();
    matrix.dispose();
  });
});
