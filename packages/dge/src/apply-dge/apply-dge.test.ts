import { engine, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { dgeDerivative } from '../derivative.ts';
import { applyDge } from './apply-dge.ts';
import type { ApplyDgeOptions } from './apply-dge.ts';
import { applyDgeReference } from './reference.ts';

/** Relative, of the float64 definition. */
const TOLERANCE = 2e-5;

/** Runs the op on `dw` and returns the new values. */
async function run(
  dw: Float32Array,
  w: Float32Array,
  scales: Float32Array,
  shape: [number, number],
  options: ApplyDgeOptions = {},
): Promise<Float32Array> {
  return expectNoLeaks(async () => {
    const tensors = [tensor2d(dw.slice(), shape), tensor2d(w, shape), tensor1d(scales)] as const;
    applyDge(...tensors, options);
    const result = (await readFloats(tensors[0])).slice();
    for (const tensor of tensors) tensor.dispose();
    return result;
  });
}

/** Largest relative difference from the float64 definition. */
function worstError(
  result: Float32Array,
  dw: Float32Array,
  w: Float32Array,
  scale: number,
  options: ApplyDgeOptions,
): number {
  return result.reduce((worst, value, i) => {
    const expected = dw[i]! * dgeDerivative(w[i]! / scale, options);
    return value === expected ? worst : Math.max(worst, Math.abs(value - expected) / Math.abs(expected));
  }, 0);
}

function amaxScales(w: Float32Array, rows: number, cols: number): Float32Array {
  return Float32Array.from(
    { length: rows },
    (_, row) =>
      w.subarray(row * cols, (row + 1) * cols).reduce((amax, value) => Math.max(amax, Math.abs(value)), 0) /
      6,
  );
}

describe.each(testBackends)('applyDge on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    [1, 1],
    [3, 5],
    [17, 131],
    [128, 384],
  ])('multiplies a [%i, %i] gradient by the derivative at the scaled weight', async (rows, cols) => {
    const w = normalFloats(rows * cols, 1, 0.02);
    const dw = normalFloats(rows * cols, 2);
    const scales = amaxScales(w, rows, cols);
    const result = await run(dw, w, scales, [rows, cols]);
    const expected = dw.slice();
    applyDgeReference(expected, w, scales, rows, cols, 5, 3, 'edge');
    for (const [i, value] of result.entries()) {
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(TOLERANCE * Math.abs(expected[i]!));
    }
  });
  it.each<ApplyDgeOptions>([
    {},
    { k: 3 },
    { k: 10, clip: 2 },
    { k: 1.5, clip: 100 },
    { k: 5, clip: 0.25 },
    { outside: 'msAmp' },
  ])('follows the definition over a sweep from -7 to 7 with %o', async (options) => {
    // Odd multiples of 7/8191 stay clear of ±6, where 'msAmp' jumps.
    const w = Float32Array.from({ length: 8191 }, (_, i) => (7 * (2 * i - 8190)) / 8191);
    const dw = new Float32Array(w.length).fill(-1.5);
    const result = await run(dw, w, Float32Array.of(1), [1, w.length], options);
    const inside = w.findIndex((x) => x > 6);
    expect(worstError(result.subarray(0, inside), dw, w, 1, options)).toBeLessThanOrEqual(TOLERANCE);
    // Released code: 0 above the grid.
    const above = worstError(result.subarray(inside), dw, w.subarray(inside), 1, options);
    expect(above).toBeLessThanOrEqual(TOLERANCE);
    expect(result.subarray(inside).every((x) => x === 0)).toBe(options.outside === 'msAmp');
  });
  it('notices a changed k or clip: the tolerance tells them apart', async () => {
    const w = Float32Array.from({ length: 1001 }, (_, i) => -6 + (12 * i) / 1000);
    const dw = new Float32Array(w.length).fill(1);
    const result = await run(dw, w, Float32Array.of(1), [1, w.length]);
    expect(worstError(result, dw, w, 1, { k: 5.01 })).toBeGreaterThan(10 * TOLERANCE);
    expect(worstError(result, dw, w, 1, { clip: 3.01 })).toBeGreaterThan(10 * TOLERANCE);
  });
  it('gives exactly 1/k at grid points and exactly clip at midpoints', async () => {
    const grid = Float32Array.of(-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6, -0);
    const middles = Float32Array.of(
      -5,
      -3.5,
      -2.5,
      -1.75,
      -1.25,
      -0.75,
      -0.25,
      0.25,
      0.75,
      1.25,
      1.75,
      2.5,
      3.5,
      5,
    );
    const atGrid = await run(new Float32Array(16).fill(1), grid, Float32Array.of(1), [4, 4]);
    for (const value of atGrid) expect(value).toBeCloseTo(0.2, 6);
    const atMiddle = await run(new Float32Array(14).fill(1), middles, Float32Array.of(1), [7, 2]);
    expect([...atMiddle]).toEqual(Array.from({ length: 14 }, () => 3));
  });
  it('is straight-through, bit for bit, with k = 1', async () => {
    const dw = normalFloats(1000, 3);
    const w = normalFloats(1000, 4, 3);
    w.set([0.25, 0.75, 5, 0, -0], 0);
    expect(bitsOf(await run(dw, w, Float32Array.of(1, 0.5, 0.25, 2), [4, 250], { k: 1 }))).toEqual(
      bitsOf(dw),
    );
  });
  it('is even in the weight', async () => {
    const dw = normalFloats(1024, 5);
    const w = normalFloats(1024, 6, 2);
    const scales = Float32Array.of(0.7);
    const straight = await run(dw, w, scales, [8, 128]);
    const mirrored = await run(
      dw,
      w.map((x) => -x),
      scales,
      [8, 128],
    );
    expect(bitsOf(mirrored)).toEqual(bitsOf(straight));
  });
  it('takes 0 as the argument in a row whose scale is 0', async () => {
    const result = await run(
      Float32Array.of(1, 2, 3, 4),
      Float32Array.of(0, -0, 1, 2),
      Float32Array.of(0, 2),
      [2, 2],
    );
    const expected = [0.2, 0.4, 3 * dgeDerivative(0.5), 4 * dgeDerivative(1)];
    for (const [i, value] of result.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });
  it('gives NaN where the quotient is NaN, and the edge value at infinity', async () => {
    const w = Float32Array.of(NaN, 1, Infinity, -Infinity, 1, Infinity);
    const result = await run(new Float32Array(6).fill(1), w, Float32Array.of(1, 1, Infinity), [3, 2]);
    expect(result[0]).toBeNaN();
    expect(result[2]).toBeCloseTo(0.2, 6);
    expect(result[3]).toBeCloseTo(0.2, 6);
    expect(result[4]).toBeCloseTo(0.2, 6);
    expect(result[5]).toBeNaN();
  });
  it('does nothing to an empty gradient', async () => {
    expect(await run(new Float32Array(0), new Float32Array(0), Float32Array.of(1), [0, 8])).toHaveLength(0);
  });
  it('takes a scale for each block of columns, down to one for each element', async () => {
    const [rows, cols] = [5, 24];
    const w = normalFloats(rows * cols, 8, 0.02);
    const dw = normalFloats(rows * cols, 9);
    for (const block of [8, 24, 1]) {
      // A scale that belongs to no other block shows where it is taken from.
      const scales = Float32Array.from({ length: (rows * cols) / block }, (_, i) => 0.004 + 0.0007 * i);
      const result = await run(dw, w, scales, [rows, cols], { block });
      const expected = dw.slice();
      applyDgeReference(expected, w, scales, scales.length, block, 5, 3, 'edge');
      for (const [i, value] of result.entries()) {
        expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(TOLERANCE * Math.abs(expected[i]!));
      }
    }
  });
  it('updates the tensor that later ops see', async () => {
    await expectNoLeaks(async () => {
      const dw = tensor2d([1, 1], [1, 2]);
      const w = tensor2d([0.25, 0.5], [1, 2]);
      const scales = tensor1d([1]);
      await readFloats(dw);
      applyDge(dw, w, scales);
      applyDge(dw, w, scales);
      const [middle, edge] = await readFloats(dw);
      expect(middle).toBe(9);
      expect(edge).toBeCloseTo(0.04, 6);
      for (const tensor of [dw, w, scales]) tensor.dispose();
    });
  });
});

describe('applyDge', () => {
  beforeAll(() => useBackend('cpu'));

  it('says what is wrong with its arguments', () => {
    engine().startScope();
    const dw = tensor2d([1, 2, 3, 4], [2, 2]);
    const w = tensor2d([1, 2, 3, 4], [2, 2]);
    const scales = tensor1d([1, 1]);
    expect(() => applyDge(dw, w, scales, { k: 0.5 })).toThrow(
      /applyDge: k must be .* at least 1, but got 0\.5/,
    );
    expect(() => applyDge(dw, w, scales, { clip: 0 })).toThrow(
      /applyDge: clip must be positive and finite, but got 0/,
    );
    expect(() => applyDge(dw, w, scales, { outside: 'zero' as never })).toThrow(
      /outside must be edge or msAmp, but got zero/,
    );
    expect(() => applyDge(dw, tensor2d([1, 2], [1, 2]), scales)).toThrow(
      /same shape \[N, K\], but got \[2, 2\] and \[1, 2\]/,
    );
    expect(() => applyDge(dw, w, tensor1d([1, 1, 1]))).toThrow(
      /scales must have shape \[2\] or \[1\], but got \[3\]/,
    );
    expect(() => applyDge(tensor2d([1, 2, 3, 4], [2, 2], 'int32'), w, scales)).toThrow(
      /dwNK must be float32, but got int32/,
    );
    expect(() => applyDge(w, w, scales)).toThrow(/must not be wNK/);
    expect(() => applyDge(dw, w, scales, { block: 3 })).toThrow(
      /block must be .* divides the 2 columns, but got 3/,
    );
    expect(() => applyDge(dw, w, scales, { block: 1 })).toThrow(/scales must have shape \[4\] with block 1/);
    engine().endScope();
  });
});
