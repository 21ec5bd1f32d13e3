import { describe, expect, it } from 'vitest';
import { SMALL_SIGNED_FORMATS } from '../test/oracle.ts';
import type { Clip } from './clip.ts';
import { E2M1 } from './formats.ts';
import type { Granularity } from './granularity.ts';
import { dequantizeCodes, quantizeCodes } from './quantize-codes.ts';
import { dequantize, fakeQuantize, quantize } from './quantize.ts';
import { randomBits } from './random-bits.ts';
import type { ScaleKind } from './scale.ts';

const kinds: ScaleKind[] = ['exact', 'powerOfTwo', 'e8m0Floor', 'e8m0Ceil', 'e4m3'];
const granularities: Granularity[] = ['tensor', 'vector', { block: 16 }, { block: [3, 7] }];

/** A heavy-tailed sample, where clipping pays. */
function heavyTailed(count: number, seed: number): Float32Array {
  return Float32Array.from(randomBits(count, seed), (word) => (word / 2 ** 31 - 1) ** 7);
}

function squaredError(x: Float32Array, y: Float32Array): number {
  return x.reduce((sum, value, i) => sum + (value - y[i]!) ** 2, 0);
}

describe('clip factors', () => {
  it('multiply amax; what lies beyond saturates', () => {
    const x = new Float32Array([12, 6, 1, -12]);
    const { scales, clipFactors } = quantize(x, 1, 4, { clip: 0.5 });
    expect([...scales]).toEqual([1]);
    expect([...clipFactors!]).toEqual([0.5]);
    expect([...fakeQuantize(x, 1, 4, { clip: 0.5 })]).toEqual([6, 6, 1, -6]);
  });

  it('are one per scale (LWC) or shared by the rows (LAC)', () => {
    const x = new Float32Array(8).fill(6);
    const granularity = { block: 2 };
    const own = quantize(x, 2, 4, { granularity, clip: new Float32Array([1, 0.5, 0.25, 0.125]) });
    expect([...own.scales]).toEqual([1, 0.5, 0.25, 0.125]);
    const shared = quantize(x, 2, 4, { granularity, clip: new Float32Array([1, 0.5]) });
    expect([...shared.scales]).toEqual([1, 0.5, 1, 0.5]);
    expect([...quantize(x, 2, 4, { clip: new Float32Array([0.5]) }).scales]).toEqual([0.5, 0.5]);
  });

  it('are multiplied in float32, once rounded', () => {
    const x = heavyTailed(64, 3);
    const amax = x.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    const clipped = Math.fround(amax * Math.fround(0.9));
    expect(quantize(x, 1, 64, { clip: 0.9 }).scales[0]).toBe(Math.fround(clipped / 6));
  });

  it('of 1 change nothing', () => {
    const x = heavyTailed(6 * 32, 4);
    for (const granularity of granularities) {
      for (const scale of kinds) {
        const { clipFactors, ...clipped } = quantize(x, 6, 32, { granularity, scale, clip: 1 });
        expect(clipped).toEqual(quantize(x, 6, 32, { granularity, scale }));
        expect([...clipFactors!].every((factor) => factor === 1)).toBe(true);
      }
    }
  });

  it('leave the tensor scale of NVFP4 alone', () => {
    const options = { granularity: { block: 16 }, scale: 'e4m3' } as const;
    const x = new Float32Array(16).fill(2688);
    const { tensorScale, scaleCodes } = quantize(x, 1, 16, { ...options, clip: 0.5 });
    expect(tensorScale).toBe(1);
    expect([...scaleCodes!]).toEqual([0x76]); // 224 = 1.75 · 2^7
  });

  it('turn a block into zero where they push amax below 2^-100', () => {
    const x = new Float32Array([2 ** -100, -(2 ** -100)]);
    expect([...quantizeCodes(x, 1, 2, { clip: 0.5 }).codes]).toEqual([0, 8]);
  });

  it.each<[Clip, RegExp]>([
    [0, /quantize: clip must be in \(0, 1\], but got 0/],
    [1.5, /clip must be in \(0, 1\], but got 1.5/],
    [NaN, /clip must be in \(0, 1\], but got NaN/],
    [1e-60, /clip must be in \(0, 1\]/],
    [new Float32Array([1, 0.5, -1, 1]), /clip\[2\] must be in \(0, 1\], but got -1/],
    [new Float32Array(3).fill(1), /clip must have 2 x 2 = 4 factors, or 2 shared by all rows, but got 3/],
    ['MSE' as 'mse', /clip must be a number, a Float32Array or 'mse', but got "MSE"/],
  ])('refuse %o', (clip, message) => {
    expect(() => quantize(new Float32Array(8), 2, 4, { granularity: { block: 2 }, clip })).toThrow(message);
  });
});

describe("clip 'mse'", () => {
  it('is the best of the 32 factors for every format and scale kind', () => {
    const x = heavyTailed(40, 5);
    for (const format of SMALL_SIGNED_FORMATS) {
      for (const scale of kinds) {
        const found = quantizeCodes(x, 1, 40, { format, scale, clip: 'mse' });
        const errors = Array.from({ length: 32 }, (_, k) =>
          squaredError(x, fakeQuantize(x, 1, 40, { format, scale, clip: (32 - k) / 32 })),
        );
        const best = Math.min(...errors);
        expect(found.clipFactors![0]).toBe(1 - errors.indexOf(best) / 32);
        expect(squaredError(x, dequantizeCodes(found))).toBe(best);
      }
    }
  });

  it('searches every row for itself', () => {
    const x = heavyTailed(2 * 40, 8);
    const { clipFactors } = quantize(x, 2, 40, { clip: 'mse' });
    const rows = [x.subarray(0, 40), x.subarray(40)].map((row) => quantize(row, 1, 40, { clip: 'mse' }));
    expect([...clipFactors!]).toEqual(rows.map((row) => row.clipFactors![0]));
  });

  it('finds what its factors give again', () => {
    const x = heavyTailed(7 * 40, 6);
    for (const granularity of granularities) {
      for (const scale of kinds) {
        const found = quantize(x, 7, 40, { granularity, scale, clip: 'mse' });
        expect(quantize(x, 7, 40, { granularity, scale, clip: found.clipFactors! })).toEqual(found);
      }
    }
  });

  it('lessens the error of a row with an outlier', () => {
    const x = heavyTailed(4096, 7);
    x[100] = 4;
    const plain = squaredError(x, fakeQuantize(x, 1, 4096, { format: E2M1 }));
    const clipped = squaredError(x, dequantize(quantize(x, 1, 4096, { clip: 'mse' })));
    expect(clipped).toBeLessThan(plain);
  });

  it('ignores what is not finite, and zeros keep factor 1', () => {
    const x = new Float32Array([1, 0.3, -0.2, Infinity, 0, -0, 0, 0]);
    const { clipFactors } = quantize(x, 2, 4, { clip: 'mse', nonFinite: 'cuda' });
    const finite = quantize(x.subarray(0, 3), 1, 3, { clip: 'mse' });
    expect([...clipFactors!]).toEqual([finite.clipFactors![0], 1]);
    expect(quantize(new Float32Array(0), 0, 4, { clip: 'mse' }).clipFactors).toEqual(new Float32Array(0));
  });
});
