import { fakeQuantize as fakeQuantizeArray, gridOf, randomBits, roundArray } from '@nibble-ml/fp4-format';
import { bitsOf, normalFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { granularities, SCALE_KINDS, SCALED_FORMATS } from '../../test/cases.ts';
import { attrsOf, clipFactors, runFakeQuantize } from '../../test/run-ops.ts';
import type { ArrayOptions, Shape } from '../../test/run-ops.ts';
import { ELEMENT_FORMATS } from './element-formats.ts';
import type { FakeQuantFormat } from './options.ts';
import { fakeQuantizeReference } from './reference.ts';

const ROUNDINGS = ['nearestEven', 'stochastic'] as const;

/** Heavy tails, so that blocks differ in scale and some values round to zero. */
function heavyTails(count: number, seed: number): Float32Array {
  return normalFloats(count, seed).map((value, i) => value ** 3 * 2 ** ((i % 7) - 3));
}

async function expectReference(x: Float32Array, shape: Shape, options: ArrayOptions): Promise<void> {
  const y = await runFakeQuantize(x, shape, options);
  const expected = fakeQuantizeReference(x, ...shape, attrsOf(options), options.clip);
  expect(bitsOf(y), JSON.stringify(options)).toEqual(bitsOf(expected));
}

describe.each(testBackends)('fakeQuantize on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each<Shape>([
    [19, 37],
    [4, 64],
  ])('has the bits of fp4-format for [%i, %i]', (...shape) => {
    const [rows, cols] = shape;
    const x = heavyTails(rows * cols, 7);
    it.each(SCALED_FORMATS.flatMap((format) => SCALE_KINDS.map((scale) => [format, scale] as const)))(
      '%s with %s scales',
      async (format, scale) => {
        for (const [granularity, axis, stored] of granularities(rows)) {
          for (const rounding of ROUNDINGS) {
            const options = { format, granularity, axis, scale, rounding, seed: 11 };
            const expected = fakeQuantizeArray(x, rows, cols, {
              format: ELEMENT_FORMATS[format],
              granularity: stored,
              scale,
              rounding,
              randomBits: randomBits(x.length, 11),
            });
            expect(bitsOf(await runFakeQuantize(x, shape, options)), JSON.stringify(options)).toEqual(
              bitsOf(expected),
            );
          }
        }
      },
    );
  });

  it.each(['bf16', 'f16'] as const)('rounds to %s without scales', async (format) => {
    const x = Float32Array.from({ length: 4096 }, (_, i) => (i - 2048) ** 3 / 3e5);
    // Every exponent, with mantissas around ties.
    const words = Uint32Array.from(
      randomBits(4096, 1),
      (bits, i) => (bits & 0xffff0000) | ((i % 5) * 0x3fff),
    );
    const wild = new Float32Array(words.buffer).map((value) => (Number.isFinite(value) ? value : 1));
    for (const values of [x, wild]) {
      for (const rounding of ROUNDINGS) {
        const y = await runFakeQuantize(values, [64, 64], { format, rounding, seed: 5 });
        const expected = roundArray(ELEMENT_FORMATS[format], values, {
          rounding,
          randomBits: randomBits(4096, 5),
        });
        expect(bitsOf(y)).toEqual(bitsOf(expected));
      }
    }
  });

  it.each<Shape>([
    [0, 5],
    [5, 0],
    [0, 0],
    [1, 1],
    [1, 7],
    [13, 1],
    [2, 131],
    [257, 3],
  ])('handles [%i, %i]', async (...shape) => {
    const x = heavyTails(shape[0] * shape[1], 3);
    for (const [granularity, axis] of granularities(shape[0])) {
      for (const rounding of ROUNDINGS) {
        const common = { granularity, axis, rounding, seed: 9 };
        await expectReference(x, shape, { ...common, format: 'e2m1', scale: 'e4m3' });
        await expectReference(x, shape, { ...common, format: 'e2m1', scale: 'quest' });
        const clipped = { ...common, format: 'int4' } as const;
        await expectReference(x, shape, { ...clipped, clip: clipFactors(clipped, shape) });
      }
    }
    await expectReference(x, shape, { format: 'bf16' });
    await expectReference(x, shape, { format: 'f16', rounding: 'stochastic', seed: 1 });
  });

  it('takes one clip factor or one for each block along the axis, and headroom', async () => {
    const shape: Shape = [12, 20];
    const x = heavyTails(240, 21);
    for (const [granularity, axis] of granularities(12)) {
      for (const scale of SCALE_KINDS) {
        for (const format of ['e2m1', 'int8'] as const) {
          const options = { format, granularity, axis, scale, headroom: 4 / 3 };
          await expectReference(x, shape, options);
          await expectReference(x, shape, { ...options, clip: Float32Array.of(0.7) });
          await expectReference(x, shape, { ...options, clip: clipFactors(options, shape) });
        }
      }
    }
  });

  it('counts a block as zeros where its clip factor says so, and as NaN', async () => {
    const x = heavyTails(6 * 16, 2);
    const clip = Float32Array.of(0, -1, 1e-38, NaN, 1.5, Infinity);
    for (const scale of SCALE_KINDS) {
      await expectReference(x, [1, 96], { format: 'e2m1', granularity: { block: 16 }, scale, clip });
    }
    const y = await runFakeQuantize(x, [1, 96], { format: 'e2m1', granularity: { block: 16 }, clip });
    expect(y.subarray(0, 48).every((value) => value === 0)).toBe(true);
    expect(y.subarray(48, 64).every(Number.isNaN)).toBe(true);
    expect(y.subarray(64, 80).some((value) => value !== 0)).toBe(true);
    expect(y.subarray(80).every(Number.isNaN)).toBe(true);
  });

  it.each(SCALED_FORMATS)(
    'decides ties of %s, 1 and 2 ulp beside them, by the exact quotient',
    async (format) => {
      const { scaleTarget } = ELEMENT_FORMATS[format];
      for (const scale of [1, 1.25, 1.7320508, 0.1, 3e-9, 1.9999999]) {
        const amax = Math.fround(scaleTarget * scale);
        const x = Float32Array.from([amax, ...aroundTies(format, Math.fround(amax / scaleTarget))]);
        await expectReference(x, [1, x.length], { format });
        await expectReference(x, [x.length, 1], { format, axis: 0 });
        await expectReference(x, [1, x.length], { format, scale: 'powerOfTwo' });
      }
    },
  );

  it('keeps zeros, subnormals and tiny blocks as defined', async () => {
    const tiny = [
      0,
      -0,
      1e-45,
      -1e-45,
      1e-39,
      -1.1754942e-38,
      2 ** -126,
      2 ** -101,
      -(2 ** -100),
      7.9e-31,
      1e-30,
    ];
    const rows = [
      Array.from({ length: 16 }, () => 0),
      Array.from({ length: 16 }, () => -0),
      [...tiny, 0, 0, 0, 0, 0],
      [1, ...tiny, 0.3, -1e-20, 1e-25, -0.75],
      [3e38, -3.4028234e38, ...tiny, 1, 2, 3],
    ];
    const x = Float32Array.from(rows.flat());
    for (const format of SCALED_FORMATS) {
      for (const scale of SCALE_KINDS) {
        for (const rounding of ROUNDINGS) {
          for (const granularity of ['vector', 'tensor', { block: 1 }, { block: [2, 4] }] as const) {
            const options = { format, scale, granularity, rounding, seed: 1, headroom: 1.5 };
            await expectReference(x, [5, 16], options);
          }
        }
      }
    }
    await expectReference(x, [5, 16], { format: 'e2m1', scale: 'quest', granularity: { block: 4 } });
  });

  it('turns a block with NaN or infinity into NaN', async () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const x = heavyTails(4 * 40, 5);
      x[50] = bad;
      for (const scale of [...SCALE_KINDS, 'quest'] as const) {
        for (const granularity of ['vector', 'tensor', { block: 16 }, { block: [3, 7] }] as const) {
          for (const axis of [0, 1] as const) {
            const options = { format: 'e2m1', scale, granularity, axis } as const;
            await expectReference(x, [4, 40], options);
            await expectReference(x, [4, 40], { ...options, rounding: 'stochastic', seed: 2 });
          }
        }
      }
      for (const format of ['bf16', 'f16'] as const) await expectReference(x, [4, 40], { format });
    }
  });

  it.runIf(backend === 'webgpu')('does more workgroups than fit in one dimension of a dispatch', async () => {
    const size = 65_535 * 64 + 1000;
    const x = new Float32Array(new Uint32Array(size).map((_, i) => (i * 0x9e3779b1) & 0x7fffff).buffer);
    const bits = bitsOf(x).map((word) => word + 0x3f800000);
    const y = bitsOf(await runFakeQuantize(new Float32Array(bits.buffer), [1, size], { format: 'bf16' }));
    const wrong = y.findIndex(
      (word, i) => word !== ((bits[i]! + 0x7fff + ((bits[i]! >>> 16) & 1)) & 0xffff0000),
    );
    expect(wrong).toBe(-1);
  });
});

/** Every tie of a format times a scale, rounded to float32, and its neighbours, with both signs. */
function aroundTies(format: FakeQuantFormat, scale: number): number[] {
  const values = [...gridOf(ELEMENT_FORMATS[format])];
  const ties = values.slice(1).map((value, i) => (value + values[i]!) / 2);
  const floats = Float32Array.from(ties, (tie) => tie * scale);
  const bits = bitsOf(floats);
  const positive = [-2, -1, 0, 1, 2].flatMap((step) =>
    Array.from(new Float32Array(bits.map((word) => word + step).buffer)),
  );
  return positive.concat(positive.map((value) => -value));
}
