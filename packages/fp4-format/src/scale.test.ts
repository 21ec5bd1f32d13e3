import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsOf, floatFromBits, stepUlps } from '../test/oracle.ts';
import { decode } from './decode.ts';
import { E2M1, E4M3, E5M2, E8M0, INT4 } from './formats.ts';
import { MIN_AMAX, scaleFor, scalesFor, type ScaleKind } from './scale.ts';

const amaxOf = fc.integer({ min: bitsOf(MIN_AMAX), max: 0x7f7fffff }).map(floatFromBits);
const seed = { seed: 33, numRuns: 1000 };

/** A float32 in units of 2^-149. */
const units = (x: number): bigint => {
  const bits = bitsOf(x);
  const field = bits >>> 23;
  return field === 0 ? BigInt(bits) : BigInt((bits & 0x7fffff) | 0x800000) << BigInt(field - 1);
};

/** |amax - target · scale| in units of 2^-149, exactly. */
function exactError(amax: number, target: bigint, scale: number): bigint {
  const difference = units(amax) - target * units(scale);
  return difference < 0n ? -difference : difference;
}

describe("scaleFor 'exact'", () => {
  it.each([E2M1, INT4, E4M3, E5M2])('is the float32 nearest to amax / target for $name', (format) => {
    fc.assert(
      fc.property(amaxOf, (amax) => {
        const scale = scaleFor(format, amax, 'exact');
        const target = BigInt(format.scaleTarget);
        const error = exactError(amax, target, scale);
        for (const neighbour of [stepUlps(scale, -1), stepUlps(scale, 1)]) {
          const other = exactError(amax, target, neighbour);
          // A tie must have gone to the even mantissa.
          expect(error < other || (error === other && bitsOf(scale) % 2 === 0)).toBe(true);
        }
      }),
      seed,
    );
  });

  it('turns zero at MIN_AMAX exactly', () => {
    expect(scaleFor(E2M1, MIN_AMAX, 'exact')).toBe(Math.fround(MIN_AMAX / 6));
    expect(scaleFor(E2M1, stepUlps(MIN_AMAX, -1), 'exact')).toBe(0);
    expect(scaleFor(E2M1, 0, 'powerOfTwo')).toBe(0);
    expect(scaleFor(E2M1, 0, 'e8m0Floor')).toBe(2 ** -127);
  });
});

describe('scaleFor, powers of two', () => {
  it("'powerOfTwo' is the smallest power of two that does not saturate", () => {
    fc.assert(
      fc.property(amaxOf, fc.constantFrom(E2M1, INT4, E4M3), (amax, format) => {
        const scale = scaleFor(format, amax, 'powerOfTwo');
        expect(Number.isInteger(Math.log2(scale))).toBe(true);
        expect(amax).toBeLessThanOrEqual(format.scaleTarget * scale);
        expect(amax).toBeGreaterThan((format.scaleTarget * scale) / 2);
        expect(scaleFor(format, amax, 'e8m0Ceil')).toBe(scale);
      }),
      seed,
    );
  });

  // arXiv 2501.17116's released code (MS-AMP ScalingMeta.compute_scaling_factor): encode factor 2^floor(log2(6 / amax)).
  it.each([6, 5.99, 6.01, 3, 1, 0.75, 100, 1e-20, 3e38])(
    'inverts the encode factor of MS-AMP for amax %d',
    (value) => {
      const amax = Math.fround(value);
      expect(1 / scaleFor(E2M1, amax, 'powerOfTwo')).toBe(2 ** Math.floor(Math.log2(6 / amax)));
    },
  );

  // OCP MX v1.0 section 6.3: 2^(floor(log2(amax)) - emax), emax = 2.
  it.each([
    [1, 2 ** -2],
    [4, 1],
    [5, 1],
    [6, 1],
    [7.99, 1],
    [8, 2],
    [3.99, 0.5],
    [2 ** 127, 2 ** 125],
  ])("'e8m0Floor' of amax %d is %d", (amax, scale) => {
    expect(scaleFor(E2M1, Math.fround(amax), 'e8m0Floor')).toBe(scale);
  });
});

describe('scalesFor', () => {
  it('stores E8M0 codes that decode to the scales', () => {
    const amaxes = new Float32Array([0, 1, 5, 6, 7, 2 ** -99, 2 ** -101, 3e38]);
    for (const kind of ['e8m0Floor', 'e8m0Ceil'] as const) {
      const { scales, scaleCodes } = scalesFor(E2M1, amaxes, kind);
      expect([...scaleCodes!].map((code) => decode(E8M0, code))).toEqual([...scales]);
      expect([scaleCodes![0], scaleCodes![6]]).toEqual([0, 0]);
    }
  });

  // NVFP4 by hand: amaxTensor 2688 makes tensorScale 1, so block codes are E4M3 of amax / 6.
  it('computes NVFP4 scales in two levels', () => {
    const { scales, scaleCodes, tensorScale } = scalesFor(
      E2M1,
      new Float32Array([2688, 6, 6.3, 0, 1e-3]),
      'e4m3',
    );
    expect(tensorScale).toBe(1);
    // 6.3 / 6 = 1.05 lies between 1 and 1.125; 1e-3 / 6 is below half of 2^-9.
    expect([...scales]).toEqual([448, 1, 1, 0, 0]);
    expect([...scaleCodes!]).toEqual([0x7e, 0x38, 0x38, 0, 0]);
  });

  it('keeps the largest NVFP4 block scale at 448 for any tensor maximum', () => {
    fc.assert(
      fc.property(amaxOf, (amax) => {
        const { scaleCodes, scales, tensorScale } = scalesFor(E2M1, new Float32Array([amax]), 'e4m3');
        expect(scaleCodes![0]).toBe(0x7e);
        expect(scales[0]).toBe(Math.fround(448 * tensorScale!));
      }),
      seed,
    );
  });

  it('refuses unknown kinds and is empty for no blocks', () => {
    expect(() => scalesFor(E2M1, new Float32Array(1), 'linear' as ScaleKind)).toThrow(
      /scale must be .* but got linear/,
    );
    expect(scalesFor(E2M1, new Float32Array(0), 'e4m3')).toEqual({
      scales: new Float32Array(0),
      scaleCodes: new Uint8Array(0),
      tensorScale: 0,
    });
  });
});
