import { describe, expect, it } from 'vitest';
import { packGgufQ8_0, unpackGgufQ8_0 } from './gguf-q8-0.ts';
import { randomBits } from './random-bits.ts';

function sample(count: number): Float32Array {
  return Float32Array.from(randomBits(count, 19), (word, i) => (word / 2 ** 31 - 1) * 2 ** (i % 5));
}

describe('GGUF Q8_0', () => {
  it('has an F16 scale, then an int8 for each element', () => {
    const x = new Float32Array(64);
    x.set([127, -127, 1, 0.5, -0.5, 0.49, -1.5], 0);
    x.set([-254, 1], 32);
    const bytes = packGgufQ8_0(x, 2, 32);
    expect(bytes).toHaveLength(68);
    // Scale 1 is 0x3c00, scale 2 is 0x4000. Ties go away from zero, as C's roundf takes them.
    expect([...bytes.subarray(0, 9)]).toEqual([0x00, 0x3c, 127, 129, 1, 1, 255, 0, 254]);
    expect([...bytes.subarray(34, 38)]).toEqual([0x00, 0x40, 129, 1]);
    expect(bytes.subarray(9, 34).every((byte) => byte === 0)).toBe(true);
  });

  it('reads known bytes', () => {
    const bytes = new Uint8Array(34);
    bytes.set([0x00, 0x38, 1, 0x80]);
    const values = unpackGgufQ8_0(bytes, 1, 32);
    expect([...values.subarray(0, 3)]).toEqual([0.5, -64, 0]);
  });

  it('is off by half a step of the scale, and a little for the rounding of the scale', () => {
    const x = sample(12 * 96);
    const back = unpackGgufQ8_0(packGgufQ8_0(x, 12, 96), 12, 96);
    for (let first = 0; first < x.length; first += 32) {
      const amax = x.subarray(first, first + 32).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      for (let i = first; i < first + 32; i++) {
        expect(Math.abs(back[i]! - x[i]!)).toBeLessThanOrEqual((amax / 127) * 0.5 + amax * 2 ** -11 * 1.001);
      }
    }
  });

  it('takes zeros, and what is too small for an F16 scale', () => {
    const x = new Float32Array(64);
    x.fill(1e-7, 32);
    expect(packGgufQ8_0(x, 1, 64).every((byte) => byte === 0)).toBe(true);
    expect(packGgufQ8_0(new Float32Array(0), 0, 32)).toHaveLength(0);
  });

  it('refuses what does not fit', () => {
    const x = new Float32Array(64);
    expect(() => packGgufQ8_0(x, 1, 48)).toThrow(/packGgufQ8_0: cols must be a multiple of 32, but got 48/);
    expect(() => packGgufQ8_0(x, 1, 32)).toThrow(/values must have 1 x 32/);
    for (const value of [NaN, Infinity, 1e7]) {
      x[33] = value;
      expect(() => packGgufQ8_0(x, 2, 32)).toThrow(/values must be finite .* but values\[33\] is/);
    }
    expect(() => unpackGgufQ8_0(new Uint8Array(33), 1, 32)).toThrow(/bytes must have 1 x 34 = 34 elements/);
    const bytes = new Uint8Array(68);
    bytes[35] = 0x7c;
    expect(() => unpackGgufQ8_0(bytes, 1, 64)).toThrow(
      /scales must be finite, but that of block 1 is Infinity/,
    );
  });
});
