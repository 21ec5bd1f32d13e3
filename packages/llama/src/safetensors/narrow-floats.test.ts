import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFloats } from './encode-floats.ts';
import { narrowToBfloat16, narrowToFloat16 } from './narrow-floats.ts';
import { widenBfloat16, widenFloat16 } from './widen-floats.ts';

const allCodes = Uint16Array.from({ length: 65_536 }, (_, code) => code);

describe.each([
  { name: 'narrowToBfloat16', narrow: narrowToBfloat16, widen: widenBfloat16, infinity: 0x7f80 },
  { name: 'narrowToFloat16', narrow: narrowToFloat16, widen: widenFloat16, infinity: 0x7c00 },
])('$name', ({ narrow, widen, infinity }) => {
  const values = widen(allCodes);
  const isNan = (code: number): boolean => (code & 0x7fff) > infinity;

  it('gives every code back from its value', () => {
    const codes = narrow(values);
    const wrong = allCodes.filter((code) =>
      Number.isNaN(values[code]) ? !isNan(codes[code]!) : codes[code] !== code,
    );
    expect([...wrong]).toEqual([]);
  });

  it('rounds between neighbours to the nearer, ties to the even code, beyond the greatest to infinity', () => {
    const wrong: number[] = [];
    for (let code = 0; code < infinity; code++) {
      const low = values[code]!;
      // As if the exponent went on, infinity is the next power of two.
      const high = code + 1 === infinity ? low + (low - values[code - 1]!) : values[code + 1]!;
      const middle = (low + high) / 2;
      const [below, above] = [low, high].map((bound) => Math.fround(middle + (bound - middle) * 2 ** -6));
      const rounded = narrow(Float32Array.of(below!, middle, above!, -above!));
      const expected = [code, code + (code % 2), code + 1, 0x8000 | (code + 1)];
      // Between the smallest bfloat16 values float32 has none that is nearer to one than to the other.
      const exists = [below! < middle, Math.fround(middle) === middle, above! > middle, above! > middle];
      if (expected.some((right, i) => exists[i]! && rounded[i] !== right)) wrong.push(code);
    }
    expect(wrong).toEqual([]);
  });

  it('takes any float32 to the nearest of the values there are', () => {
    const positive = values.slice(0, infinity);
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const magnitude = Math.abs(value);
        fc.pre(magnitude <= positive.at(-1)!);
        const [code] = narrow(Float32Array.of(value));
        const error = Math.abs(positive[code! & 0x7fff]! - magnitude);
        const others = [code! - 1, code! + 1].map((other) => positive[other & 0x7fff] ?? Infinity);
        expect(Math.min(...others.map((other) => Math.abs(other - magnitude)))).toBeGreaterThanOrEqual(error);
        expect(code! >> 15).toBe(Number(value < 0 || Object.is(value, -0)));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('keeps NaN, whatever its payload', () => {
    const nan = new Float32Array(Uint32Array.of(0x7f80_0001, 0xff80_0001, 0x7fff_ffff).buffer);
    expect([...widen(narrow(nan))]).toEqual([NaN, NaN, NaN]);
  });
});

describe('encodeFloats', () => {
  it('refuses a finite value that would become infinite, and keeps infinities', () => {
    expect(() => encodeFloats(Float32Array.of(1, 65_520), 'F16')).toThrow(
      'values must lie within the range of F16, but value 1 is 65520; take BF16 or F32',
    );
    expect(() => encodeFloats(Float32Array.of(3.4028234663852886e38), 'BF16')).toThrow(/range of BF16/);
    expect([...encodeFloats(Float32Array.of(65_519, -Infinity), 'F16')]).toEqual([0xff, 0x7b, 0, 0xfc]);
    expect([...encodeFloats(Float32Array.of(1), 'F32')]).toEqual([0, 0, 0x80, 0x3f]);
  });
});
