import { E2M1_VALUES, unpackCodes } from '@nibble-ml/fp4-format';
import { normalFloats, seededRandom, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectedBits, quantizeBits } from '../../test/quantize-bits.ts';
import { quantizeReference } from './reference.ts';
import { SCALE_KINDS } from './scale-kind.ts';

const SCALES = Object.keys(SCALE_KINDS) as (keyof typeof SCALE_KINDS)[];

/** The seed under which the element at `index` gets the random bits `bits`: counterBits backwards (Wellons). */
function seedFor(index: number, bits: number): number {
  return inverseHash((inverseHash(bits) - index) >>> 0);
}

function inverseHash(output: number): number {
  let x = output;
  x = Math.imul(x ^ (x >>> 16), 0x43021123);
  x = Math.imul(x ^ (x >>> 15) ^ (x >>> 30), 0x1d69e2a5);
  return (x ^ (x >>> 16)) >>> 0;
}

describe.each(testBackends)('fp4Quantize on %s, stochastic', (backend) => {
  beforeAll(() => useBackend(backend));

  it('rounds any bit pattern stochastically as the reference, subnormal values and chances included', async () => {
    const random = seededRandom(12);
    const [rows, cols] = [40, 200];
    const x = new Float32Array(rows * cols);
    const bits = new Uint32Array(x.buffer);
    for (let row = 0; row < rows; row++) {
      const exponent = 24 + Math.floor((row / rows) * 230);
      for (let col = 0; col < cols; col++) {
        const below = col === 0 ? 0 : Math.floor(random() * random() * (exponent + 1));
        bits[row * cols + col] =
          ((exponent - below) << 23) | Math.floor(random() * 2 ** 23) | (random() < 0.5 ? 0 : 0x80000000);
      }
    }
    for (const scale of SCALES) {
      for (let seed = 0; seed < 8; seed++) {
        const options = { scale, rounding: 'stochastic', seed: seed * 0x1fffffff } as const;
        expect(await quantizeBits(x, rows, cols, options), scale).toEqual(
          expectedBits(x, rows, cols, options),
        );
      }
    }
  });

  it('rounds stochastically without bias: the mean of many seeds is within 5 standard errors', async () => {
    const [seeds, cols] = [400, 64];
    const x = normalFloats(cols, 21);
    const { scales } = quantizeReference(x, 1, cols, 'vector');
    const sums = new Float64Array(cols);
    for (let seed = 0; seed < seeds; seed++) {
      const { words } = await quantizeBits(x, 1, cols, { rounding: 'stochastic', seed });
      unpackCodes(words, 1, cols).forEach((code, i) => (sums[i]! += E2M1_VALUES[code]!));
    }
    let worst = 0;
    for (let i = 0; i < cols; i++) {
      const exact = x[i]! / scales[0]!;
      const magnitude = Math.abs(exact);
      const step = magnitude < 2 ? 0.5 : magnitude < 4 ? 1 : 2;
      const chance = (magnitude % step) / step;
      const error = Math.abs(sums[i]! / seeds - exact) / step;
      // A standard error of a coin, and 2^-20 for the two roundings of the quotient.
      worst = Math.max(worst, (error - 2 ** -20) / Math.sqrt((chance * (1 - chance)) / seeds + 1e-12));
    }
    expect(worst).toBeLessThan(5);
    expect(worst).toBeGreaterThan(0.1);
  });

  it('goes up if the 24 bits are below the chance, at its very edge, down to the smallest quotients', async () => {
    const index = 5;
    const x = new Float32Array(8);
    for (const [amax, value] of [
      [6, 0.2],
      [3.7, 0.3],
      [3.7, 1],
      [3.7, 2.2],
      [3.7, 3.3],
      [6, 2 ** -24],
      [6, 2 ** -26],
      [3.7, 2 ** -40],
      [6, 2 ** -127],
      [6, 2 ** -149],
      [6 * 2 ** 10, 2 ** -139],
      [6 * 2 ** 10, 2 ** -140],
      [6 * 2 ** 10, 3 * 2 ** -142],
      [6 * 2 ** 10, 2 ** -149],
      [6 * 2 ** 120, 2 ** -126],
    ] as const) {
      x[0] = amax;
      x[index] = -value;
      const q = Math.fround(Math.fround(value) * Math.fround(1 / Math.fround(Math.fround(amax) / 6)));
      const step = q < 2 ? 0.5 : q < 4 ? 1 : 2;
      const chance = Math.ceil(((q % step) / step) * 2 ** 24);
      for (const bits of [chance - 1, chance]) {
        if (bits < 0) continue;
        const seed = seedFor(index, bits * 256 + 200);
        const { words } = await quantizeBits(x, 1, 8, { rounding: 'stochastic', seed });
        const lower = E2M1_VALUES.slice(0, 8).findLastIndex((magnitude) => magnitude <= q);
        const code = unpackCodes(words, 1, 8)[index]!;
        expect(code, `${value} of ${amax}, ${bits}`).toBe(8 + lower + (bits < chance ? 1 : 0));
      }
    }
  });

  it('gives a seed the same codes again, and another seed others', async () => {
    const x = normalFloats(3 * 50, 5);
    const codes = async (seed: number) =>
      (await quantizeBits(x, 3, 50, { rounding: 'stochastic', seed })).words;
    expect(await codes(7)).toEqual(await codes(7));
    expect(await codes(7)).not.toEqual(await codes(8));
  });
});
