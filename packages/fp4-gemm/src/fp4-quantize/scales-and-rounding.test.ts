import { E4M3, decode } from '@nibble-ml/fp4-format';
import type { ScaleKind } from '@nibble-ml/fp4-format';
import { tensor2d } from '@tensorflow/tfjs-core';
import { normalFloats, seededRandom, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { disposeFp4, isBlockScaled } from '../fp4-tensor.ts';
import { fp4Quantize } from './fp4-quantize.ts';
import { expectedBits, quantizeBits } from '../../test/quantize-bits.ts';
import { quantizeReference } from './reference.ts';

const SHAPES = [
  [0, 5],
  [5, 0],
  [1, 1],
  [3, 9],
  [13, 31],
  [4, 64],
  [3, 131],
  [2, 1031],
  [70, 24],
] as const;
const GRANULARITIES = [
  'vector',
  'tensor',
  { block: 8 },
  { block: 16 },
  { block: 24 },
  { block: 128 },
  { block: 1024 },
] as const;
const SCALES: readonly ScaleKind[] = ['exact', 'powerOfTwo', 'e8m0Floor', 'e8m0Ceil', 'e4m3'];
const ROUNDINGS = [{ rounding: 'nearestEven' }, { rounding: 'stochastic', seed: 0xdeadbeef }] as const;

/** Normal values; blocks of eight columns differ in magnitude by up to 2^spread, and every fifth is zero or tiny. */
function valuesOf(rows: number, cols: number, spread: number): Float32Array {
  const random = seededRandom(rows * 1000 + cols);
  const x = normalFloats(rows * cols, rows + cols);
  for (let row = 0; row < rows; row++) {
    for (let first = 0; first < cols; first += 8) {
      const dice = random();
      const factor = dice < 0.1 ? 0 : dice < 0.2 ? 2 ** -125 : 2 ** Math.floor((random() - 0.5) * spread);
      for (let i = first; i < Math.min(first + 8, cols); i++) x[row * cols + i]! *= factor;
    }
  }
  return x;
}

const cases = GRANULARITIES.flatMap((granularity) => SCALES.map((scale) => ({ granularity, scale })));

describe.each(testBackends)('fp4Quantize on %s, scales and rounding', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(cases)(
    'gives the bits of the reference at any size, and back: $granularity $scale',
    async (options) => {
      for (const rounding of ROUNDINGS) {
        for (const [rows, cols] of SHAPES) {
          const x = valuesOf(rows, cols, cols % 2 === 0 ? 8 : 120);
          const all = { ...options, ...rounding };
          expect(await quantizeBits(x, rows, cols, all), `[${rows}, ${cols}] ${JSON.stringify(all)}`).toEqual(
            expectedBits(x, rows, cols, all),
          );
        }
      }
    },
  );

  it.each(SCALES)(
    'rounds every amax to the scale of the reference, largest and smallest: %s',
    async (scale) => {
      const random = seededRandom(9);
      const floats = new Float32Array(16 * 600);
      const bits = new Uint32Array(floats.buffer);
      for (let i = 0; i < 600; i++) {
        // Around 2^-100, at either end of the exponents, at the mantissas 1, 1.5 and in between.
        const exponent = [26, 27, 28, 254, 253, 100, 127][i % 7]!;
        const mantissa = [0, 1, 2, 0x3fffff, 0x400000, 0x400001, 0x7fffff, 0x200000][i % 8]!;
        bits[16 * i] = (exponent << 23) | (i % 3 === 0 ? Math.floor(random() * 2 ** 23) : mantissa);
        bits[16 * i + 1] = Math.floor(random() * (bits[16 * i]! + 1)) | 0x80000000;
      }
      // E4M3 scales of one tensor lie at most 2^18 apart: give each amax near its own tensor scale as well.
      for (const part of [
        floats,
        floats.subarray(16 * 5, 16 * 6),
        floats.map((v) => (Math.abs(v) > 2 ** 60 ? 0 : v)),
      ]) {
        for (const rounding of ROUNDINGS) {
          const options = { granularity: { block: 16 }, scale, ...rounding } as const;
          const cols = part.length;
          expect(await quantizeBits(part.slice(), 1, cols, options)).toEqual(
            expectedBits(part.slice(), 1, cols, options),
          );
        }
      }
    },
  );

  it('rounds block scales to E4M3 as the reference, two ulp around every midpoint of the format', async () => {
    const amaxTensor = Math.fround(3.7);
    const tensorScale = Math.fround(amaxTensor / (6 * 448));
    const amaxes: number[] = [amaxTensor];
    const bits = new Uint32Array(1);
    const float = new Float32Array(bits.buffer);
    for (let code = 0; code < 126; code++) {
      float[0] = 6 * tensorScale * ((decode(E4M3, code) + decode(E4M3, code + 1)) / 2);
      const middle = bits[0]!;
      for (const ulp of [-2, -1, 0, 1, 2]) {
        bits[0] = middle + ulp;
        amaxes.push(float[0]!);
      }
    }
    // Exact ties as well: a tensor scale that is a power of two.
    for (const largest of [amaxTensor, 2688 * 2 ** -11]) {
      const x = new Float32Array(16 * amaxes.length);
      amaxes.forEach((amax, i) => (x[16 * i] = i === 0 ? largest : (amax / amaxTensor) * largest));
      const options = { granularity: { block: 16 }, scale: 'e4m3' } as const;
      expect(await quantizeBits(x, 1, x.length, options)).toEqual(expectedBits(x, 1, x.length, options));
    }
  });

  it('rounds to the nearest code and ties to even, two ulp around every midpoint, under scales of blocks', async () => {
    for (const scale of SCALES) {
      const blocks = 40;
      const x = new Float32Array(blocks * 80);
      const random = seededRandom(6);
      const options = { granularity: { block: 80 }, scale } as const;
      for (let block = 0; block < blocks; block++)
        x[80 * block] = (1 + random()) * 2 ** Math.floor(random() * 12 - 6);
      const { scales } = quantizeReference(x, 1, x.length, options.granularity, { scale });
      const float = new Float32Array(1);
      const bits = new Uint32Array(float.buffer);
      for (let block = 0; block < blocks; block++) {
        let at = 80 * block + 1;
        for (const midpoint of [0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5]) {
          for (const ulp of [-2, -1, 0, 1, 2]) {
            float[0] = midpoint * scales[block]!;
            bits[0]! += ulp;
            if (float[0]! > x[80 * block]!) continue;
            x[at++] = float[0]!;
            x[at++] = -float[0]!;
          }
        }
      }
      expect(await quantizeBits(x, 1, x.length, options), scale).toEqual(
        expectedBits(x, 1, x.length, options),
      );
    }
  });

  it.each(cases)(
    'marks NaN and infinity by NaN scales and signed zero codes: $granularity $scale',
    async ({ granularity, scale }) => {
      const [rows, cols] = [6, 139];
      for (const rounding of ROUNDINGS) {
        const x = normalFloats(rows * cols, 3);
        x[1 * cols + 138] = NaN;
        x[2 * cols + 3] = Infinity;
        x[4 * cols] = -Infinity;
        const options = { granularity, scale, ...rounding };
        const result = await quantizeBits(x, rows, cols, options);
        expect(result).toEqual(expectedBits(x, rows, cols, options));
        const decoded = new Float32Array(result.values.slice().buffer);
        const { block } = granularity as { block?: number };
        for (const at of [1 * cols + 138, 2 * cols + 3, 4 * cols]) expect(decoded[at]).toBeNaN();
        // Elsewhere in the row, under another scale, values live on; but not under one tensor scale.
        const isAlone = typeof granularity === 'object' && block! <= 128 && scale !== 'e4m3';
        expect(Number.isNaN(decoded[1 * cols])).toBe(!isAlone);
        expect(Number.isNaN(decoded[5 * cols])).toBe(granularity === 'tensor' || scale === 'e4m3');
      }
    },
  );

  it('takes more rows than a dispatch has workgroups in one dimension', async () => {
    const [rows, cols] = [65_600, 9];
    const x = normalFloats(rows * cols, 8);
    for (const granularity of ['vector', { block: 8 }] as const) {
      const options = { granularity, scale: 'e8m0Ceil' } as const;
      const [actual, expected] = [
        await quantizeBits(x, rows, cols, options),
        expectedBits(x, rows, cols, options),
      ];
      for (const name of ['words', 'values'] as const) {
        expect(Buffer.from(actual[name].buffer).equals(Buffer.from(expected[name].buffer)), name).toBe(true);
      }
      expect(actual.scales.length).toBe(rows);
      expect(actual.scales.every((bits, row) => bits === expected.scales[row])).toBe(true);
    }
  });

  it('takes 0.53 bytes a value in MXFP4, 0.5625 in NVFP4, and a quarter word more a block in float32', async () => {
    const x = tensor2d(normalFloats(64 * 256, 1), [64, 256]);
    for (const [block, scale, bytes] of [
      [32, 'e8m0Floor', 0.53125],
      [16, 'e4m3', 0.5625 + 4 / (64 * 256)],
      [128, 'exact', 0.5 + 4 / 128],
    ] as const) {
      const q = fp4Quantize(x, { granularity: { block }, scale });
      const tensorScale = isBlockScaled(q) ? (q.tensorScale?.size ?? 0) : 0;
      expect((4 * (q.codes.size + q.scales.size + tensorScale)) / x.size).toBe(bytes);
      disposeFp4(q);
    }
    x.dispose();
  });
});
