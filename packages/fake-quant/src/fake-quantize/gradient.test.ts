import { grads, ones, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { granularities, SCALED_FORMATS } from '../../test/cases.ts';
import { attrsOf, clipFactors, runGradient } from '../../test/run-ops.ts';
import type { ArrayOptions, Shape } from '../../test/run-ops.ts';
import { fakeQuantize } from './fake-quantize.ts';
import { fakeQuantizeGradientReference } from './gradient-reference.ts';
import { fakeQuantizeReference } from './reference.ts';

async function expectReference(
  dy: Float32Array,
  x: Float32Array,
  shape: Shape,
  options: ArrayOptions,
): Promise<void> {
  const { dx, dclip } = await runGradient(dy, x, shape, options);
  const expected = fakeQuantizeGradientReference(dy, x, ...shape, attrsOf(options), options.clip);
  const sums = (values: Float32Array | undefined): Uint32Array | undefined => values && bitsOf(values);
  const message = JSON.stringify(options);
  expect(bitsOf(dx), message).toEqual(bitsOf(expected.dx));
  expect(sums(dclip), message).toEqual(sums(expected.dclip));
}

describe.each(testBackends)('gradients of fakeQuantize on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(SCALED_FORMATS)('follow the definition for %s', async (format) => {
    for (const shape of [
      [9, 43],
      [1, 64],
      [7, 1],
    ] as Shape[]) {
      const x = normalFloats(shape[0] * shape[1], 3).map((value) => value ** 3);
      const dy = normalFloats(shape[0] * shape[1], 4);
      for (const [granularity, axis] of granularities(shape[0])) {
        for (const scale of ['exact', 'e4m3'] as const) {
          const options = { format, granularity, axis, scale };
          await expectReference(dy, x, shape, options);
          await expectReference(dy, x, shape, { ...options, clip: Float32Array.of(0.6) });
          const clip = clipFactors(options, shape);
          await expectReference(dy, x, shape, { ...options, clip });
          await expectReference(dy, x, shape, { ...options, clip, rounding: 'stochastic', seed: 3 });
        }
        if (format === 'e2m1')
          await expectReference(dy, x, shape, { format, granularity, axis, scale: 'quest' });
      }
    }
  });

  it('of empty matrices are empty, and 0 for clip factors', async () => {
    const none = new Float32Array(0);
    for (const shape of [
      [0, 5],
      [5, 0],
    ] as Shape[]) {
      for (const [granularity, axis] of granularities(shape[0])) {
        const options = { format: 'int4', granularity, axis } as const;
        await expectReference(none, none, shape, options);
        await expectReference(none, none, shape, { ...options, clip: clipFactors(options, shape) });
      }
      await expectReference(none, none, shape, { format: 'bf16' });
    }
  });

  it('are dy for formats without scales, but where binary16 saturates', async () => {
    const x = Float32Array.of(1, 65504, 65519.996, 65520, -65520, -7e4, NaN, Infinity, 3.4e38);
    const dy = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const { dx } = await runGradient(dy, x, [1, 9], { format: 'f16' });
    expect([...dx]).toEqual([1, 2, 3, 0, 0, 0, NaN, NaN, 0]);
    await expectReference(dy, x, [1, 9], { format: 'f16' });
    await expectReference(dy, x, [3, 3], { format: 'bf16' });
  });

  it('mask what rounds beyond the maximum, and with quest what exceeds it', async () => {
    // The first value fixes the scale at 1, with the factor 1/2.
    const x = Float32Array.of(12, 6, 6.5, 6.9999995, 7, -6.5, -7, 0);
    const dy = new Float32Array(8).fill(1);
    const { dx } = await runGradient(dy, x, [1, 8], { format: 'e2m1', clip: Float32Array.of(0.5) });
    expect([...dx]).toEqual([0, 1, 1, 1, 0, 1, 0, 1]);
    const integers = Float32Array.of(16, 7.4999995, 7.5, -8.5, -8.500001, 8, -8, 0);
    const { dx: dInt } = await runGradient(dy, integers, [1, 8], {
      format: 'int4',
      clip: Float32Array.of(0.5),
    });
    expect([...dInt]).toEqual([0, 1, 0, 1, 0, 0, 1, 1]);
    // The root mean square is 2.5, so the scale is 1.
    const quest = Float32Array.of(6, -6, 6.0000005, -6.0000005, ...new Float32Array(12));
    const spread = await runGradient(new Float32Array(16).fill(1), quest, [1, 16], {
      format: 'e2m1',
      scale: 'quest',
    });
    expect([...spread.dx.subarray(0, 5)]).toEqual([1, 1, 0, 0, 1]);
  });

  it('of clip factors are finite and right at the ends of their range', async () => {
    const x = normalFloats(64, 1);
    const dy = normalFloats(64, 2);
    const clip = Float32Array.of(0, 1e-38, -1, 2);
    await expectReference(dy, x, [1, 64], { format: 'int4', granularity: { block: 16 }, clip });
    x[20] = NaN;
    const options: ArrayOptions = {
      format: 'int4',
      granularity: { block: 16 },
      clip: Float32Array.of(1, 1, 1, 1),
    };
    await expectReference(dy, x, [1, 64], options);
    await expectReference(dy, x, [1, 64], { ...options, scale: 'e4m3' });
  });

  it('flow on the tape, with and without clip factors, and leave nothing behind', async () => {
    await expectNoLeaks(async () => {
      const values = normalFloats(64, 1);
      const x = tensor2d(values, [2, 32]);
      const clip = tensor1d([0.5, 0.9]);
      const dy = ones([2, 32]) as Tensor2D;
      const plain = grads((input: Tensor) =>
        fakeQuantize(input as Tensor2D, { format: 'e2m1', scale: 'quest' }),
      );
      const both = grads((input: Tensor, factors: Tensor) =>
        fakeQuantize(input as Tensor2D, {
          format: 'int4',
          granularity: { block: 16 },
          clip: factors as Tensor1D,
        }),
      );
      const [dx] = plain([x], dy) as [Tensor];
      const [dxClipped, dclip] = both([x, clip], dy) as [Tensor, Tensor];
      const gradient = new Float32Array(64).fill(1);
      const expected = fakeQuantizeGradientReference(
        gradient,
        values,
        2,
        32,
        attrsOf({ format: 'e2m1', scale: 'quest' }),
      );
      expect(await readFloats(dx)).toEqual(expected.dx);
      const clipped = fakeQuantizeGradientReference(
        gradient,
        values,
        2,
        32,
        attrsOf({ format: 'int4', granularity: { block: 16 } }),
        Float32Array.of(0.5, 0.9),
      );
      expect(await readFloats(dxClipped)).toEqual(clipped.dx);
      expect(await readFloats(dclip)).toEqual(clipped.dclip);
      for (const tensor of [x, clip, dy, dx, dxClipped, dclip]) tensor.dispose();
    });
  });
});

describe('the gradient of a clip factor', () => {
  it.each(['int4', 'e2m1', 'int8'] as const)(
    'is that of the surrogate that rounding leaves, for %s',
    (format) => {
      const [rows, cols] = [16, 64];
      const x = Float64Array.from(normalFloats(rows * cols, 9), Math.fround);
      const dy = normalFloats(rows * cols, 10);
      const [M, top, bottom] = { int4: [8, 7, -8], e2m1: [6, 6, -6], int8: [128, 127, -128] }[format] as [
        number,
        number,
        number,
      ];
      const edges = { int4: [7.5, -8.5], e2m1: [7, -7], int8: [127.5, -128.5] }[format] as [number, number];
      const c0 = 0.625;
      // Rounding as the addition of a constant, all in float64; y(c) = s(c) · (x / s(c) + constant), or the clamped value.
      const y = Array.from(
        fakeQuantizeReference(Float32Array.from(x), rows, cols, attrsOf({ format }), Float32Array.of(c0)),
        (value, i) => {
          const amax = x
            .subarray(cols * Math.floor(i / cols), cols * (Math.floor(i / cols) + 1))
            .reduce((a, b) => Math.max(a, Math.abs(b)), 0);
          const s0 = (c0 * amax) / M;
          const q = x[i]! / s0;
          if (q > edges[0]) return (c: number) => (top * c * amax) / M;
          if (q < edges[1]) return (c: number) => (bottom * c * amax) / M;
          const constant = value / s0 - q;
          return (c: number) => x[i]! + (constant * c * amax) / M;
        },
      );
      const loss = (c: number): number => y.reduce((sum, at, i) => sum + dy[i]! * at(c), 0);
      const numeric = (loss(c0 + 1e-4) - loss(c0 - 1e-4)) / 2e-4;
      const { dclip } = fakeQuantizeGradientReference(
        dy,
        Float32Array.from(x),
        rows,
        cols,
        attrsOf({ format }),
        Float32Array.of(c0),
      );
      expect(Math.abs(dclip![0]! - numeric)).toBeLessThan(1e-3 * Math.max(1, Math.abs(numeric)));
      expect(Math.abs(numeric)).toBeGreaterThan(0.01);
    },
  );
});
