import { describe, expect, it } from 'vitest';
import { INT4 } from './formats.ts';
import { packGgufMxfp4, unpackGgufMxfp4 } from './gguf-mxfp4.ts';
import { packGgufNvfp4, unpackGgufNvfp4 } from './gguf-nvfp4.ts';
import { unpackCodes } from './pack.ts';
import { dequantize, quantize } from './quantize.ts';
import { randomBits } from './random-bits.ts';

const mxfp4 = { granularity: { block: 32 }, scale: 'e8m0Floor' } as const;
const nvfp4 = { granularity: { block: 16 }, scale: 'e4m3' } as const;

function sample(count: number): Float32Array {
  return Float32Array.from(randomBits(count, 17), (word, i) => (word / 2 ** 31 - 1) * 2 ** (i % 4));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

describe('GGUF MXFP4', () => {
  it('has an E8M0 byte, then element j beside element j + 16', () => {
    const x = new Float32Array(32);
    x.set([6, -0.5, 1, 1.5], 0);
    x.set([-6, 0.5, 2, 3], 16);
    // amax 6 = 1.5 · 2^2 gives the scale 2^0, code 127.
    expect(hex(packGgufMxfp4(quantize(x, 1, 32, mxfp4)))).toBe(`7f f7 19 42 53${' 00'.repeat(12)}`);
  });

  it('reads known bytes', () => {
    const bytes = new Uint8Array(34);
    bytes.set([0x80, 0x21], 0);
    bytes.set([0x7e, 0xf7], 17);
    const { scales, scaleCodes, ...rest } = unpackGgufMxfp4(bytes, 2, 32);
    expect([...scales]).toEqual([2, 0.5]);
    expect([...scaleCodes!]).toEqual([0x80, 0x7e]);
    const values = dequantize({ scales, ...rest });
    expect([values[0], values[16], values[32], values[48]]).toEqual([1, 2, 3, -3]);
    expect(values.filter((value) => value !== 0)).toHaveLength(4);
  });

  it.each(['e8m0Floor', 'e8m0Ceil'] as const)('gives every field back, %s', (scale) => {
    const q = quantize(sample(24 * 96), 24, 96, { granularity: { block: 32 }, scale });
    expect(new Set(unpackCodes(q.words, 24, 96)).size).toBe(16);
    const bytes = packGgufMxfp4(q);
    expect(bytes).toHaveLength(24 * 3 * 17);
    expect(unpackGgufMxfp4(bytes, 24, 96)).toEqual(q);
  });

  it('has no bytes for no elements', () => {
    expect(packGgufMxfp4(quantize(new Float32Array(0), 0, 32, mxfp4))).toHaveLength(0);
    expect(unpackGgufMxfp4(new Uint8Array(0), 3, 0).words).toHaveLength(0);
  });

  it('refuses what does not fit', () => {
    const x = new Float32Array(64);
    const q = quantize(x, 2, 32, mxfp4);
    expect(() => packGgufMxfp4(quantize(x, 4, 16, mxfp4))).toThrow(
      /cols must be a multiple of 32, but got 16/,
    );
    expect(() => packGgufMxfp4(quantize(x, 2, 32, { ...mxfp4, scale: 'exact' }))).toThrow(
      /packGgufMxfp4: scales must be E8M0, but got float32/,
    );
    expect(() => packGgufMxfp4(quantize(x, 2, 32, { ...mxfp4, scale: 'e4m3' }))).toThrow(/but got E4M3/);
    expect(() => packGgufMxfp4(quantize(x, 2, 32, { ...mxfp4, granularity: 'vector' }))).toThrow(
      /granularity must be { block: 32 }, but got "vector"/,
    );
    expect(() => packGgufMxfp4(quantize(x, 2, 32, { ...mxfp4, format: INT4 }))).toThrow(
      /format must be e2m1, but got int4/,
    );
    expect(() => packGgufMxfp4({ ...q, scaleCodes: new Uint8Array(1) })).toThrow(
      /scaleCodes must have 2 x 1/,
    );
    expect(() => packGgufMxfp4({ ...q, scaleCodes: new Uint8Array([0, 255]) })).toThrow(
      /scale 1 has code 255/,
    );
    expect(() => unpackGgufMxfp4(new Uint8Array(33), 2, 32)).toThrow(
      /bytes must have 2 x 17 = 34 elements, but got 33/,
    );
    expect(() => unpackGgufMxfp4(new Uint8Array(17), 1, 33)).toThrow(/cols must be a multiple of 32/);
    expect(() => unpackGgufMxfp4(new Uint8Array(17).fill(255), 1, 32)).toThrow(/scale 0 has code 255/);
  });
});

describe('GGUF NVFP4', () => {
  it('has four E4M3 bytes, then per group element j beside element j + 8', () => {
    const x = new Float32Array(64);
    x.set([2688], 0); // amax of the tensor, so the tensor scale is 1 and the first block scale 448
    x.set([6, -1], 16);
    x.set([-6, 0.5], 24);
    x.set([12, 3], 48);
    const q = quantize(x, 1, 64, nvfp4);
    expect(q.tensorScale).toBe(1);
    const zeros = (count: number): string => ' 00'.repeat(count);
    expect(hex(packGgufNvfp4(q))).toBe(
      `7e 38 00 40 07${zeros(7)} f7 1a${zeros(6)}${zeros(8)} 07 03${zeros(6)}`,
    );
  });

  it('reads known bytes under a tensor scale', () => {
    const bytes = new Uint8Array(36);
    bytes.set([0x38, 0x40, 0, 0], 0);
    bytes[4 + 8] = 0xa3; // first byte of group 1: elements 16 and 24
    const values = dequantize(unpackGgufNvfp4(bytes, 1, 64, 0.25));
    expect([values[16], values[24]]).toEqual([0.75, -0.5]);
    expect(values.filter((value) => value !== 0)).toHaveLength(2);
    expect(dequantize(unpackGgufNvfp4(bytes, 1, 64))[16]).toBe(3);
  });

  it('gives every field back', () => {
    const q = quantize(sample(3 * 192), 3, 192, nvfp4);
    const bytes = packGgufNvfp4(q);
    expect(bytes).toHaveLength(3 * 3 * 36);
    expect(unpackGgufNvfp4(bytes, 3, 192, q.tensorScale)).toEqual(q);
  });

  it('refuses what does not fit', () => {
    const x = new Float32Array(128);
    expect(() => packGgufNvfp4(quantize(x, 4, 32, nvfp4))).toThrow(
      /cols must be a multiple of 64, but got 32/,
    );
    expect(() => packGgufNvfp4(quantize(x, 2, 64, { ...nvfp4, scale: 'e8m0Ceil' }))).toThrow(
      /packGgufNvfp4: scales must be E4M3, but got E8M0/,
    );
    expect(() => packGgufNvfp4(quantize(x, 2, 64, { ...nvfp4, granularity: { block: 32 } }))).toThrow(
      /granularity must be { block: 16 }, but got {"block":32}/,
    );
    expect(() => unpackGgufNvfp4(new Uint8Array(35), 1, 64)).toThrow(/bytes must have 1 x 36 = 36 elements/);
    // 0x7f is NaN, and ggml reads codes as unsigned, so a sign would be lost.
    for (const code of [0x7f, 0xb8]) {
      expect(() => unpackGgufNvfp4(new Uint8Array(36).fill(code), 1, 64)).toThrow(/must be at most 126/);
    }
    expect(() => unpackGgufNvfp4(new Uint8Array(36), 1, 64, -1)).toThrow(/tensorScale must be .* but got -1/);
  });
});
