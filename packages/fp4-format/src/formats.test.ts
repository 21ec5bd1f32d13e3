import { describe, expect, it } from 'vitest';
import { ALL_FORMATS, sortedValues } from '../test/oracle.ts';
import { decode, decodeArray, decodeTable, gridOf } from './decode.ts';
import { defineElementFormat } from './element-format.ts';
import { E2M1_DOUBLED, E2M1_THRESHOLDS, E2M1_VALUES } from './e2m1.ts';
import { BF16, E1M2, E2M1, E3M0, E4M3, E5M2, E8M0, F16, INT4, INT8 } from './formats.ts';

describe('formats', () => {
  // arXiv 2501.17116, appendix A, table 4 (its code for -0.5 in E2M1 is a misprint; figure 2 has 1001).
  it.each([
    { format: E1M2, magnitudes: [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5] },
    { format: E2M1, magnitudes: [0, 0.5, 1, 1.5, 2, 3, 4, 6] },
    { format: E3M0, magnitudes: [0, 0.25, 0.5, 1, 2, 4, 8, 16] },
  ])('has the values of the paper for $format.name', ({ format, magnitudes }) => {
    expect([...decodeTable(format)]).toEqual([...magnitudes, ...magnitudes.map((value) => -value)]);
    expect([...gridOf(format)]).toEqual(magnitudes);
    expect(format.max).toBe(magnitudes[7]);
    expect(format.min).toBe(-magnitudes[7]!);
    expect(format.smallestPositive).toBe(magnitudes[1]);
    expect(format.hasNan || format.hasInfinity).toBe(false);
  });

  it("reads INT4 as two's complement", () => {
    expect([...decodeTable(INT4)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1]);
    expect([INT4.max, INT4.min, INT4.scaleTarget]).toEqual([7, -8, 8]);
  });
  it("reads INT8 as two's complement", () => {
    expect([...decodeTable(INT8)]).toEqual([...Int8Array.from({ length: 256 }, (_, code) => code)]);
    expect([INT8.max, INT8.min, INT8.scaleTarget]).toEqual([127, -128, 128]);
  });

  it('has the landmarks of OCP OFP8 v1.0, table 1', () => {
    expect([E4M3.max, E4M3.smallestNormal, E4M3.smallestPositive]).toEqual([448, 2 ** -6, 2 ** -9]);
    expect([E5M2.max, E5M2.smallestNormal, E5M2.smallestPositive]).toEqual([57344, 2 ** -14, 2 ** -16]);
    expect(decode(E4M3, 0x7e)).toBe(448);
    expect([0x7f, 0xff].map((code) => decode(E4M3, code))).toEqual([NaN, NaN]);
    expect(decode(E5M2, 0x7b)).toBe(57344);
    expect([0x7c, 0xfc].map((code) => decode(E5M2, code))).toEqual([Infinity, -Infinity]);
    expect([0x7d, 0x7e, 0x7f, 0xfd].map((code) => decode(E5M2, code))).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('has the landmarks of E8M0, binary16 and bfloat16', () => {
    expect([0, 127, 254, 255].map((code) => decode(E8M0, code))).toEqual([2 ** -127, 1, 2 ** 127, NaN]);
    expect([F16.max, F16.smallestNormal, F16.smallestPositive]).toEqual([65504, 2 ** -14, 2 ** -24]);
    expect([BF16.max, BF16.smallestNormal, BF16.smallestPositive]).toEqual([
      (2 - 2 ** -7) * 2 ** 127,
      2 ** -126,
      2 ** -133,
    ]);
    expect(ALL_FORMATS.map(({ maxExponent }) => maxExponent)).toEqual([2, 1, 4, 2, 8, 15, 127, 127, 15, 6]);
  });

  it.each(ALL_FORMATS)('derives finfo of $name from its own table', (format) => {
    const values = sortedValues(format).map(({ value }) => value);
    expect(values.at(-1)).toBe(format.max);
    expect(values[0]).toBe(format.min);
    expect(values.find((value) => value > 0)).toBe(format.smallestPositive);
    expect(values.find((value) => value > 1)! - 1).toBe(format.epsilon);
    expect(values).toContain(1);
    const table = decodeTable(format);
    expect(table.includes(Infinity)).toBe(format.hasInfinity);
    expect(table.includes(NaN)).toBe(format.hasNan);
    expect(table[format.maxCode]).toBe(format.max);
    expect(Object.isFrozen(format)).toBe(true);
  });

  it('decodes a bfloat16 code to the float32 with these upper bits', () => {
    const words = Uint32Array.from({ length: 65536 }, (_, code) => code << 16);
    expect(decodeTable(BF16)).toEqual(new Float32Array(words.buffer));
  });

  it('keeps the E2M1 constants in step with the format', () => {
    expect(E2M1_DOUBLED.map((value) => value / 2)).toEqual([...gridOf(E2M1)]);
    expect(E2M1_VALUES).toEqual([...decodeTable(E2M1)]);
    expect(Object.is(E2M1_VALUES[8], -0)).toBe(true);
    expect(E2M1_THRESHOLDS).toEqual(E2M1_DOUBLED.slice(1).map((value, i) => (value + E2M1_DOUBLED[i]!) / 4));
  });

  it('hands out a table that the caller may write to', () => {
    decodeTable(E2M1).fill(7);
    expect(decode(E2M1, 1)).toBe(0.5);
    expect(decodeTable(E2M1)[1]).toBe(0.5);
  });

  it('refuses codes out of range', () => {
    expect(() => decode(E2M1, 16)).toThrow(/decode: code of e2m1 must be in 0\.\.15, but got 16/);
    expect(() => decode(E2M1, 0.5)).toThrow(RangeError);
    expect(() => decodeArray(E2M1, new Uint8Array([3, 16]))).toThrow(/codes\[1\] is 16/);
    expect([...decodeArray(E2M1, new Uint8Array([7, 15]))]).toEqual([6, -6]);
  });

  it('refuses fields that do not add up', () => {
    expect(() => defineElementFormat({ ...E2M1, exponentBits: 3 })).toThrow(
      /must add up.*got 1 \+ 3 \+ 1 for bits 4/,
    );
    expect(() => defineElementFormat({ ...E2M1, bits: 17, mantissaBits: 14 })).toThrow(RangeError);
  });
});
