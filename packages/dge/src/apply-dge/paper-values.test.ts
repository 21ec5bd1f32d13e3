import { bitsOf, expectNoLeaks, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyDge } from './apply-dge.ts';
import type { ApplyDgeOptions } from './apply-dge.ts';

/** f' at some weights: the op on a gradient of ones. */
async function derivatives(
  weights: Float32Array,
  scale: number,
  options: ApplyDgeOptions,
  gradient: Float32Array = new Float32Array(weights.length).fill(1),
): Promise<Float32Array> {
  return expectNoLeaks(async () => {
    const [dw, w] = [gradient, weights].map((values) => tensor2d(values.slice(), [1, values.length]));
    const scales = tensor1d([scale]);
    applyDge(dw!, w!, scales, options);
    const values = (await readFloats(dw!)).slice();
    for (const tensor of [dw!, w!, scales]) tensor.dispose();
    return values;
  });
}

/** The nearest bfloat16, ties to even, which is what the released unit test feeds in. */
function toBfloat16(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = ((bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1)) & 0xffff0000) >>> 0;
  return new Float32Array(bits.buffer)[0]!;
}

/** Bits of normal numbers of either sign, all exponents alike. */
const normalBits = fc
  .integer({ min: 0x00800000, max: 0x7f7fffff })
  .chain((bits) => fc.constantFrom(bits, bits | 0x80000000));

describe.each(testBackends)('applyDge on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('gives the vector of the released unit test: 20 points from -6 to 6, k = 5, clip 3', async () => {
    const half = [0.2002, 0.4375, 0.6055, 0.2168, 1.8359, 0.2695, 0.3027, 0.2695, 0.2402, 0.5781];
    const points = Float32Array.from({ length: 20 }, (_, i) => toBfloat16(-6 + (12 * i) / 19));
    for (const outside of ['edge', 'msAmp'] as const) {
      const values = await derivatives(points, 1, { outside });
      for (const [i, expected] of [...half, ...half.toReversed()].entries()) {
        // The vector is printed in bfloat16: half a unit of its last place.
        expect(Math.abs(values[i]! / expected - 1)).toBeLessThan(2 ** -8);
      }
    }
  });
  it.each([
    [3, 0.778],
    [5, 0.593],
    [10, 0.383],
  ])('has the mean over all intervals for k = %i of %f, whatever the scale', async (k, expected) => {
    for (const scale of [1, 0.0123]) {
      // All intervals have an even number of samples, none of them on a midpoint.
      const weights = Float32Array.from({ length: 24_000 }, (_, i) => scale * (-6 + (i + 0.5) / 2000));
      const values = await derivatives(weights, scale, { k });
      expect(values.reduce((a, b) => a + b, 0) / values.length).toBeCloseTo(expected, 2.7);
    }
  });
  it('is straight-through with k = 1: the bits of the gradient, at any weight and scale', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(normalBits, { minLength: 8, maxLength: 8 }),
        fc.array(normalBits, { minLength: 8, maxLength: 8 }),
        fc.double({ min: 2 ** -40, max: 2 ** 40, noNaN: true }),
        async (weightBits, gradientBits, scale) => {
          const weights = new Float32Array(Int32Array.from(weightBits).buffer);
          const gradient = new Float32Array(Int32Array.from(gradientBits).buffer);
          const values = await derivatives(weights, Math.fround(scale), { k: 1 }, gradient);
          expect(bitsOf(values)).toEqual(bitsOf(gradient));
        },
      ),
      { seed: 20260108, numRuns: 50 },
    );
  });
});
