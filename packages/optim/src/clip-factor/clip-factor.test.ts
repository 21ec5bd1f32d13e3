import { scalar } from '@tensorflow/tfjs-core';
import { expectNoLeaks, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipFactor } from './clip-factor.ts';

async function factorOf(norm: number, clipNorm: number | null): Promise<number> {
  return expectNoLeaks(async () => {
    const input = scalar(norm);
    const factor = clipFactor(input, clipNorm);
    const [value] = await readFloats(factor);
    input.dispose();
    factor.dispose();
    return value!;
  });
}

describe.each(testBackends)('clipFactor on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    [0, 1, 1],
    [0.5, 1, 1],
    [1, 1, 1],
    [4, 1, 0.25],
    [8, 2, 0.25],
    [1e30, null, 1],
    [NaN, 1, 0],
    [Infinity, 1, 0],
    [NaN, null, 0],
    [Infinity, null, 0],
  ])('of norm %d and clipNorm %d is %d', async (norm, clipNorm, factor) => {
    expect(await factorOf(norm, clipNorm)).toBe(factor);
  });

  it('divides to a few units in the last place', async () => {
    expect(Math.abs((await factorOf(3, 1)) * 3 - 1)).toBeLessThan(3 * 2 ** -23);
  });
});

it('refuses a clipNorm that is not positive and finite', () => {
  const norm = scalar(1);
  for (const bad of [0, -1, NaN, Infinity]) {
    expect(() => clipFactor(norm, bad)).toThrow(
      new RangeError(
        `clipFactor: clipNorm must be positive and finite, but got ${bad}; pass null not to clip`,
      ),
    );
  }
  norm.dispose();
});
