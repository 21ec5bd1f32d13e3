import { describe, expect, it } from 'vitest';
import { INT4 } from './formats.ts';
import { packMxfp4, unpackMxfp4 } from './mxfp4.ts';
import { packNvfp4, unpackNvfp4 } from './nvfp4.ts';
import { dequantize, quantize } from './quantize.ts';
import { randomBits } from './random-bits.ts';

const mxfp4 = { granularity: { block: 32 }, scale: 'e8m0Floor' } as const;
const nvfp4 = { granularity: { block: 16 }, scale: 'e4m3' } as const;

function sample(count: number): Float32Array {
  return Float32Array.from(randomBits(count, 18), (word, i) => (word / 2 ** 31 - 1) * 2 ** (i % 4));
}

describe('MXFP4 bytes', () => {
  it('pair neighbours, low nibble first, with an E8M0 code for 32', () => {
    const x = new Float32Array(64);
    x.set([6, -0.5, 1, 1.5], 0);
    x.set([24, -24], 32);
    const { elements, scales } = packMxfp4(quantize(x, 1, 64, mxfp4));
    expect([...scales]).toEqual([127, 129]);
    expect([...elements.subarray(0, 3)]).toEqual([0x97, 0x32, 0]);
    expect([...elements.subarray(16, 18)]).toEqual([0xf7, 0]);
    expect(elements).toHaveLength(32);
  });

  it.each([
    [3, 96],
    [2, 33],
    [0, 32],
    [2, 0],
  ])('are undone for [%i, %i]', (rows, cols) => {
    const q = quantize(sample(rows * cols), rows, cols, mxfp4);
    expect(unpackMxfp4(packMxfp4(q), rows, cols)).toEqual(q);
  });

  it('do not share memory with the matrix', () => {
    const q = quantize(sample(32), 1, 32, mxfp4);
    const bytes = packMxfp4(q);
    const back = unpackMxfp4(bytes, 1, 32);
    bytes.scales[0] = 1;
    expect(q.scaleCodes![0]).not.toBe(1);
    expect(back).toEqual(q);
  });

  it('refuse what does not fit', () => {
    const x = new Float32Array(64);
    expect(() => packMxfp4(quantize(x, 2, 32, nvfp4))).toThrow(/granularity must be { block: 32 }/);
    expect(() => packMxfp4(quantize(x, 2, 32, { ...mxfp4, scale: 'exact' }))).toThrow(
      /packMxfp4: scales must be E8M0, but got float32; quantize with scale 'e8m0Floor'/,
    );
    expect(() => packMxfp4(quantize(x, 2, 32, { ...mxfp4, format: INT4 }))).toThrow(/must be e2m1/);
    const bytes = { elements: new Uint8Array(32), scales: new Uint8Array(2) };
    expect(() => unpackMxfp4(bytes, 2, 34)).toThrow(/elements must have 2 x 17/);
    expect(() => unpackMxfp4(bytes, 4, 16)).toThrow(/scales must have 4 x 1/);
    expect(() => unpackMxfp4({ ...bytes, scales: new Uint8Array([0, 255]) }, 2, 32)).toThrow(
      /unpackMxfp4: .* scale 1 has code 255/,
    );
  });
});

describe('NVFP4 bytes', () => {
  it('pair neighbours, with an E4M3 code for 16 and a float32 for all', () => {
    const x = new Float32Array(32);
    x.set([2688, -448], 0); // amax 6 · 448, so the scale of the tensor is 1
    x.set([6, -1], 16);
    const { elements, scales, tensorScale } = packNvfp4(quantize(x, 1, 32, nvfp4));
    expect(tensorScale).toBe(1);
    expect([...scales]).toEqual([0x7e, 0x38]);
    expect([elements[0], elements[8]]).toEqual([0xa7, 0xa7]);
    expect(elements.filter((byte) => byte !== 0)).toHaveLength(2);
  });

  it('are read as value · scale · tensorScale', () => {
    const elements = new Uint8Array(8);
    elements[7] = 0x5a; // -1, then 3
    const bytes = { elements, scales: new Uint8Array([0x40]), tensorScale: 0.25 };
    const values = dequantize(unpackNvfp4(bytes, 1, 16));
    expect([...values.subarray(14)]).toEqual([-0.5, 1.5]);
    // As compared with compressed-tensors, which stores the reciprocal and divides by it.
    expect(values[15]).toBe((3 * 2) / (1 / bytes.tensorScale));
  });

  it.each([
    [3, 192],
    [2, 17],
    [1, 0],
  ])('are undone for [%i, %i]', (rows, cols) => {
    const q = quantize(sample(rows * cols), rows, cols, nvfp4);
    expect(unpackNvfp4(packNvfp4(q), rows, cols)).toEqual(q);
  });

  it('refuse what does not fit', () => {
    const x = new Float32Array(64);
    expect(() => packNvfp4(quantize(x, 2, 32, { ...nvfp4, scale: 'e8m0Ceil' }))).toThrow(
      /packNvfp4: scales must be E4M3, but got E8M0/,
    );
    const bytes = { elements: new Uint8Array(8), scales: new Uint8Array(1), tensorScale: 1 };
    for (const tensorScale of [-1, NaN, 1e39]) {
      expect(() => unpackNvfp4({ ...bytes, tensorScale }, 1, 16)).toThrow(/unpackNvfp4: tensorScale must be/);
    }
    for (const code of [0x7f, 0xb8]) {
      expect(() => unpackNvfp4({ ...bytes, scales: new Uint8Array([code]) }, 1, 16)).toThrow(/at most 126/);
    }
  });
});
