import { describe, expect, it } from 'vitest';
import { floatFromBits, stepUlps } from '../test/oracle.ts';
import { decodeTable } from './decode.ts';
import { E2M1, E4M3 } from './formats.ts';
import { unpackCodes } from './pack.ts';
import { fakeQuantize, quantize } from './quantize.ts';
import { randomBits } from './random-bits.ts';
import { scaleFor } from './scale.ts';

// Bugs that other projects shipped in code of this kind.
describe('regressions seen elsewhere', () => {
  it('ROCm/aiter #3992: E2M1 ties go to even, not away, in the packed path', () => {
    // The leading 6 makes the scale 1.
    const x = new Float32Array([6, 0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5, -0.25, -1.25, -2.5, -5]);
    const expected = [6, 0, 1, 1, 2, 2, 4, 4, -0, -1, -2, -4];
    expect([...fakeQuantize(x, 1, 12)]).toEqual(expected);
  });

  it('tt-metal #51975: all 16 codes survive MXFP4, at every block exponent', () => {
    const values = decodeTable(E2M1);
    for (let exponent = -102; exponent <= 125; exponent++) {
      const x = values.map((value) => value * 2 ** exponent);
      const { words, scales } = quantize(x, 1, 16, { granularity: { block: 32 }, scale: 'e8m0Floor' });
      expect(scales[0]).toBe(2 ** exponent);
      expect([...unpackCodes(words, 1, 16)]).toEqual([...values.keys()]);
    }
  });

  it('tt-metal #51975: the subnormal 0.5 has its boundaries at 0.25 and 0.75', () => {
    const x = new Float32Array([4, stepUlps(0.25, 1), stepUlps(0.75, -1), 0.25, 0.75]);
    expect([...fakeQuantize(x, 1, 5, { granularity: { block: 32 }, scale: 'e8m0Floor' })]).toEqual([
      4, 0.5, 0.5, 0, 1,
    ]);
  });

  it('vllm #43557: the OCP scale is floor(log2(amax)) - 2, not floor(log2(amax / 6))', () => {
    expect([4, 5, 5.9].map((amax) => scaleFor(E2M1, Math.fround(amax), 'e8m0Floor'))).toEqual([1, 1, 1]);
    const x = new Float32Array([5.5, 4]);
    expect([...fakeQuantize(x, 1, 2, { granularity: { block: 32 }, scale: 'e8m0Floor' })]).toEqual([6, 4]);
  });

  it('microxcaling #4: the OCP floor saturates 957 to 896 in MXFP8, and rounding up does not', () => {
    const x = new Float32Array([957]);
    const options = { format: E4M3, granularity: { block: 32 } } as const;
    expect(fakeQuantize(x, 1, 1, { ...options, scale: 'e8m0Floor' })[0]).toBe(896);
    expect(fakeQuantize(x, 1, 1, { ...options, scale: 'e8m0Ceil' })[0]).toBe(960);
  });

  it('bitstring #342: values are rounded, not truncated', () => {
    const x = new Float32Array([6, 5.5, 3.9, 1.4, 0.9, -5.5, -0.3]);
    expect([...fakeQuantize(x, 1, 7)]).toEqual([6, 6, 4, 1.5, 1, -6, -0.5]);
  });

  it('TransformerEngine #3281: stochastic rounding does not return zeros', () => {
    const x = new Float32Array(4096).fill(2.25);
    x[0] = 6;
    const y = fakeQuantize(x, 1, 4096, { rounding: 'stochastic', randomBits: randomBits(4096, 1) });
    const counts = [...new Set(y)].toSorted((a, b) => a - b);
    expect(counts).toEqual([2, 3, 6]);
  });

  it('a subnormal maximum neither divides by zero nor yields NaN', () => {
    const x = new Float32Array([floatFromBits(1), -floatFromBits(3)]);
    expect([...fakeQuantize(x, 1, 2)]).toEqual([0, -0]);
  });
});
