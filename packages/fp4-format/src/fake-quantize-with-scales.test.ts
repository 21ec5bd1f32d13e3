import { describe, expect, it } from 'vitest';
import { SMALL_SIGNED_FORMATS } from '../test/oracle.ts';
import { BF16, E2M1, INT8 } from './formats.ts';
import { fakeQuantizeWithScales } from './fake-quantize-with-scales.ts';
import type { Granularity } from './granularity.ts';
import { quantizeCodes } from './quantize-codes.ts';
import { fakeQuantize } from './quantize.ts';
import { randomBits } from './random-bits.ts';

const ROWS = 12;
const COLS = 40;
const x = Float32Array.from(randomBits(ROWS * COLS, 3), (bits) => (bits / 2 ** 31 - 1) ** 3);

const granularities: Granularity[] = [
  'tensor',
  'vector',
  { block: 16 },
  { block: [5, 1] },
  { block: [4, 8] },
];

describe('fakeQuantizeWithScales', () => {
  it.each(SMALL_SIGNED_FORMATS)('does for $name what fakeQuantize does, under the same scales', (format) => {
    for (const granularity of granularities) {
      for (const options of [{}, { rounding: 'stochastic', randomBits: randomBits(x.length, 5) } as const]) {
        const { scales } = quantizeCodes(x, ROWS, COLS, { format, granularity, ...options });
        const expected = fakeQuantize(x, ROWS, COLS, { format, granularity, ...options });
        expect(fakeQuantizeWithScales(x, ROWS, COLS, scales, { format, granularity, ...options })).toEqual(
          expected,
        );
      }
    }
  });
  it('saturates under a small scale and gives signed zeros under 0', () => {
    const values = Float32Array.of(100, -100, 1, -1);
    const options = { format: E2M1, granularity: { block: 2 } } as const;
    expect([...fakeQuantizeWithScales(values, 1, 4, Float32Array.of(0.5, 0), options)]).toEqual([
      3, -3, 0, -0,
    ]);
    expect([
      ...fakeQuantizeWithScales(values, 1, 4, Float32Array.of(0.5, 0), { ...options, format: INT8 }),
    ]).toEqual([63.5, -64, 0, 0]);
  });
  it('refuses what does not fit', () => {
    const options = { format: E2M1, granularity: 'vector' } as const;
    const one = Float32Array.of(1);
    const call =
      (scales: Float32Array, more: object = {}, values = one) =>
      () =>
        fakeQuantizeWithScales(values, 1, 1, scales, { ...options, ...more });
    expect(call(new Float32Array(2))).toThrow(/scales must have 1 x 1 = 1 elements, but got 2/);
    expect(call(Float32Array.of(NaN))).toThrow(
      /scales must be finite and not negative, but scales\[0\] is NaN/,
    );
    expect(call(Float32Array.of(-1))).toThrow(/but scales\[0\] is -1/);
    expect(call(one, {}, Float32Array.of(Infinity))).toThrow(/x must be finite, but x\[0\] is Infinity/);
    expect(call(one, { format: BF16 })).toThrow(/at most 8 bits, but got bf16/);
    expect(call(one, { rounding: 'stochastic' })).toThrow(/must come with randomBits/);
    expect(call(one, { rounding: 'stochastic', randomBits: new Uint32Array(2) })).toThrow(
      /length 1, but got 2/,
    );
  });
});
