import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SMALL_SIGNED_FORMATS, exactE2m1Magnitude, finiteBf16, floatFromBits } from '../test/oracle.ts';
import { E2M1, E4M3, E8M0, F16, INT4 } from './formats.ts';
import { scaleLayout, type Granularity } from './granularity.ts';
import { packCodes, unpackCodes } from './pack.ts';
import { dequantizeCodes, quantizeCodes } from './quantize-codes.ts';
import { dequantize, fakeQuantize, quantize } from './quantize.ts';
import { randomBits } from './random-bits.ts';
import type { QuantizeOptions } from './scale-blocks.ts';
import type { ScaleKind } from './scale.ts';

const granularities: Granularity[] = [
  'tensor',
  'vector',
  { block: 1 },
  { block: 5 },
  { block: 8 },
  { block: 16 },
  { block: 32 },
  { block: [4, 8] },
  { block: [3, 5] },
];
const kinds: ScaleKind[] = ['exact', 'powerOfTwo', 'e8m0Floor', 'e8m0Ceil', 'e4m3'];
const shapes: [number, number][] = [
  [0, 0],
  [0, 8],
  [3, 0],
  [1, 1],
  [1, 7],
  [2, 8],
  [3, 9],
  [5, 31],
  [4, 64],
  [7, 67],
];

/** Values of mixed magnitude and sign, with zeros of both signs and rows of nothing else. */
function sample(count: number, seed: number): Float32Array {
  const bits = randomBits(count, seed);
  return Float32Array.from(bits, (word, i) => {
    if (word % 11 === 0) return word % 2 === 0 ? 0 : -0;
    const sign = word >>> 31 === 1 ? -1 : 1;
    return sign * ((word & 0xffff) / 65536) * 2 ** ((i % 7) - 3);
  });
}

describe('quantize', () => {
  it('follows the definition: exact scale, exact quotient, nearest even, per row', () => {
    const x = sample(64 * 33, 5);
    const { words, scales } = quantize(x, 64, 33);
    const codes = unpackCodes(words, 64, 33);
    for (let row = 0; row < 64; row++) {
      const values = x.subarray(row * 33, (row + 1) * 33);
      const amax = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
      expect(scales[row]).toBe(Math.fround(amax / 6));
      const expected = Array.from(
        values,
        (value) =>
          (Object.is(Math.sign(value), -0) || value < 0 ? 8 : 0) + exactE2m1Magnitude(value, scales[row]!),
      );
      expect([...codes.subarray(row * 33, (row + 1) * 33)]).toEqual(expected);
    }
  });

  it('equals quantizeCodes for every shape, granularity and scale kind', () => {
    let compared = 0;
    for (const [rows, cols] of shapes) {
      for (const granularity of granularities) {
        for (const scale of kinds) {
          const x = sample(rows * cols, rows + 100 * cols);
          const { words, ...packed } = quantize(x, rows, cols, { granularity, scale });
          const { codes, ...reference } = quantizeCodes(x, rows, cols, { granularity, scale });
          expect(packed).toEqual(reference);
          expect(words).toEqual(packCodes(codes, rows, cols));
          expect(fakeQuantize(x, rows, cols, { granularity, scale })).toEqual(
            dequantizeCodes({ codes, ...reference }),
          );
          compared++;
        }
      }
    }
    expect(compared).toBe(shapes.length * granularities.length * kinds.length);
  });

  it('equals quantizeCodes on all finite bfloat16 values, whose rows span the exponent range', () => {
    const x = finiteBf16();
    for (const cols of [16, 128, 255]) {
      const rows = Math.floor(x.length / cols);
      const part = x.subarray(0, rows * cols);
      expect(quantize(part, rows, cols).words).toEqual(
        packCodes(quantizeCodes(part, rows, cols).codes, rows, cols),
      );
    }
  });

  it('equals quantizeCodes under stochastic rounding, at every chance and its neighbours', () => {
    const edges = [0, 1, 2 ** 30 - 1, 2 ** 30, 2 ** 31 - 1, 2 ** 31, 3 * 2 ** 30, 2 ** 32 - 1];
    for (const [rows, cols] of shapes) {
      // Multiples of 1/8 under the scales 1 and 1/2 of amax 6: the chances are multiples of 1/16.
      const x = sample(rows * cols, 77).map((value, i) => (i % cols === 0 ? 6 : Math.round(value * 4) / 8));
      const edgeBits = Uint32Array.from(x, (_, i) => edges[(i * 5) % 8]!);
      for (const granularity of granularities) {
        for (const clip of [1, 0.5]) {
          for (const words of [edgeBits, randomBits(x.length, 78)]) {
            const options = { granularity, clip, rounding: 'stochastic', randomBits: words } as const;
            const packed = quantize(x, rows, cols, options);
            const { codes, ...reference } = quantizeCodes(x, rows, cols, options);
            expect(packed).toEqual({ ...reference, words: packCodes(codes, rows, cols) });
          }
        }
      }
    }
  });

  it('equals quantizeCodes under stochastic rounding on all finite bfloat16 values', () => {
    const x = finiteBf16();
    const rows = Math.floor(x.length / 128);
    const part = x.subarray(0, rows * 128);
    const options = { rounding: 'stochastic', randomBits: randomBits(part.length, 79) } as const;
    expect(quantize(part, rows, 128, options).words).toEqual(
      packCodes(quantizeCodes(part, rows, 128, options).codes, rows, 128),
    );
  });

  it('works on a view that starts inside its buffer', () => {
    const x = sample(40, 3);
    expect(quantize(x.subarray(3, 35), 2, 16)).toEqual(quantize(x.slice(3, 35), 2, 16));
  });

  it('gives signed zero codes and scale 0 to rows below 2^-100', () => {
    const x = new Float32Array([2 ** -101, -(2 ** -101), 2 ** -149, -0, 0, -1, 0, 1]);
    const { words, scales } = quantize(x, 2, 4);
    expect([...unpackCodes(words, 2, 4)]).toEqual([0, 8, 0, 8, 0, 15, 0, 7]);
    expect([...scales]).toEqual([0, Math.fround(1 / 6)]);
    for (const scale of kinds) {
      expect([...quantizeCodes(x.subarray(0, 4), 1, 4, { scale }).codes]).toEqual([0, 8, 0, 8]);
    }
  });

  it('maps the largest magnitude of every row to ±6, for any exponent', () => {
    const exponents = fc.integer({ min: 0x0d800000, max: 0x7f7fffff });
    fc.assert(
      fc.property(exponents, fc.boolean(), (bits, isNegative) => {
        const x = new Float32Array([floatFromBits(bits) * (isNegative ? -1 : 1), 0]);
        expect(quantize(x, 1, 2).words[0]! & 15).toBe(isNegative ? 15 : 7);
      }),
      { seed: 21, numRuns: 1000 },
    );
  });

  it('lets 2-D blocks share a scale between rows', () => {
    const x = new Float32Array(16).fill(1);
    x[5] = 12;
    const { scales } = quantize(x, 4, 4, { granularity: { block: [2, 2] } });
    expect([...scales]).toEqual([2, 1 / 6, 1 / 6, 1 / 6].map(Math.fround));
  });

  it('takes stochastic bits element by element', () => {
    const x = new Float32Array([6, 0.3, 0.3, -0.3, -0.3, 2.5, 2.5, 0]);
    const bits = new Uint32Array([0, 0, 2 ** 32 - 1, 0, 2 ** 32 - 1, 0, 2 ** 32 - 1, 0]);
    expect([...fakeQuantize(x, 1, 8, { rounding: 'stochastic', randomBits: bits })]).toEqual([
      6, 0.5, 0, -0.5, -0, 3, 2, 0,
    ]);
  });
});

describe('dequantize', () => {
  it('is float32(value · scale), -0 kept', () => {
    const q = {
      words: packCodes(new Uint8Array([7, 8, 9, 13]), 1, 4),
      scales: new Float32Array([0.1]),
      rows: 1,
      cols: 4,
    };
    const values = dequantize({ ...q, format: E2M1, granularity: 'vector' });
    expect(values).toEqual(
      new Float32Array([6, -0, -0.5, -3].map((value) => Math.fround(value * Math.fround(0.1)))),
    );
  });

  it('gives codes and scales back when quantized again by powers of two', () => {
    const x = sample(4 * 64, 9);
    for (const scale of ['powerOfTwo', 'e8m0Ceil'] as const) {
      const values = fakeQuantize(x, 4, 64, { scale, granularity: { block: 16 } });
      expect(fakeQuantize(values, 4, 64, { scale, granularity: { block: 16 } })).toEqual(values);
    }
  });

  it('is off by at most half a step of the scaled grid, for every format', () => {
    const x = sample(8 * 50, 13);
    for (const format of SMALL_SIGNED_FORMATS) {
      const { scales } = quantizeCodes(x, 8, 50, { format });
      const y = fakeQuantize(x, 8, 50, { format });
      const halfStep = { e2m1: 1, e1m2: 0.25, e3m0: 4, int4: 1, e4m3: 16, e5m2: 4096, int8: 1 }[format.name]!;
      const worst = Math.max(...x.map((value, i) => Math.abs(value - y[i]!) / scales[Math.floor(i / 50)]!));
      // INT4 and INT8 saturate their positive maximum, a whole step. The quotient is that of rounded products.
      expect(worst).toBeLessThanOrEqual(halfStep * (1 + 2 ** -20));
      expect(worst).toBeGreaterThan(0);
    }
  });

  it('refuses scales that do not fit', () => {
    const q = quantize(new Float32Array(16), 2, 8);
    expect(() => dequantize({ ...q, scales: new Float32Array(3) })).toThrow(
      /scales must have 2 x 1 = 2 elements, but got 3/,
    );
    expect(() => dequantize({ ...q, words: new Int32Array(3) })).toThrow(/words must have 2 x 1/);
    expect(() => dequantizeCodes({ ...q, codes: new Uint8Array(16).fill(16) })).toThrow(/codes\[0\] is 16/);
  });
});

describe('quantize, bad input', () => {
  const x = new Float32Array([1, 2, 3, NaN, 5, -Infinity]);

  it('names tensor, index and value of the first NaN or infinity', () => {
    expect(() => quantize(x, 2, 3, { name: 'wNK' })).toThrow(
      /quantize: wNK must be finite, but wNK\[3\] is NaN/,
    );
    expect(() => quantizeCodes(x, 2, 3, { granularity: 'tensor' })).toThrow(/quantizeCodes: .*x\[3\] is NaN/);
    expect(() => fakeQuantize(x.subarray(4), 1, 2, { rounding: 'halfAway' })).toThrow(
      /fakeQuantize: .*x\[1\] is -Infinity/,
    );
  });

  it('names the first of several rows', () => {
    expect(() => quantize(new Float32Array([1, NaN, 2, Infinity]), 2, 2)).toThrow(/x\[1\] is NaN/);
  });

  it('follows a named policy, with scales from the finite values', () => {
    const { words, scales } = quantize(x, 2, 3, { nonFinite: 'cuda' });
    expect([...unpackCodes(words, 2, 3)]).toEqual([4, 6, 7, 7, 7, 15]);
    expect([...scales]).toEqual([0.5, Math.fround(5 / 6)]);
    expect(() => quantize(x, 2, 3, { nonFinite: 'gfloat' })).toThrow(
      /quantize: x must be finite, but x\[3\] is NaN/,
    );
  });

  it.each<[QuantizeOptions, RegExp]>([
    [{ format: E4M3 }, /quantize: format must have 4 bits, but got e4m3/],
    [{ granularity: { block: 0 } }, /block size must be a positive integer, but got 0/],
    [{ granularity: 'row' as 'vector' }, /granularity must be 'tensor'.*but got "row"/],
    [{ granularity: { block: [2] } as never }, /granularity must be/],
    [{ scale: 'pow2' as ScaleKind }, /scale must be .*but got pow2/],
    [{ rounding: 'stochastic' }, /quantize: rounding 'stochastic' must come with randomBits/],
    [{ rounding: 'stochastic', randomBits: new Uint32Array(1) }, /randomBits must have length 8, but got 1/],
    [{ nonFinite: 'skip' as 'cuda' }, /nonFinite must be one of/],
  ])('refuses %o', (options, message) => {
    expect(() => quantize(new Float32Array(8), 2, 4, options)).toThrow(message);
  });

  it('refuses shapes and formats that do not fit', () => {
    expect(() => quantize(new Float32Array(8), 2, 3)).toThrow(/x must have 2 x 3 = 6 elements, but got 8/);
    expect(() => quantize(new Float32Array(8), 2.5, 3)).toThrow(
      /rows must be a non-negative integer, but got 2.5/,
    );
    for (const format of [E8M0, F16]) {
      expect(() => quantizeCodes(new Float32Array(8), 2, 4, { format })).toThrow(
        /signed with at most 8 bits/,
      );
    }
  });
});

describe('scaleLayout', () => {
  it('says which scale an element has', () => {
    expect(scaleLayout(5, 40, { block: 16 })).toEqual({
      blockRows: 1,
      blockCols: 16,
      scaleRows: 5,
      scaleCols: 3,
    });
    expect(scaleLayout(5, 40, { block: [4, 16] })).toEqual({
      blockRows: 4,
      blockCols: 16,
      scaleRows: 2,
      scaleCols: 3,
    });
    expect(scaleLayout(5, 40, 'vector')).toEqual({ blockRows: 1, blockCols: 40, scaleRows: 5, scaleCols: 1 });
    expect(scaleLayout(5, 40, 'tensor')).toEqual({ blockRows: 5, blockCols: 40, scaleRows: 1, scaleCols: 1 });
  });
});

it('INT4 follows the M = 8 rule: a positive maximum saturates to 7/8 of itself (arXiv 2505.14302, appendix E)', () => {
  expect([...fakeQuantize(new Float32Array([8, -8, 1, 3.5]), 2, 2, { format: INT4 })]).toEqual([
    7, -8, 0.875, 3.0625,
  ]);
});
