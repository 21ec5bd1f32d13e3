import { grad, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import {
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectGradient, innerProduct } from '../../test/expect-gradient.ts';
import { expectSameBits } from '../../test/expect-same-bits.ts';
import { expectWithin, greatestMagnitude, UNIT_ROUNDOFF } from '../../test/expect-within.ts';
import { SCALINGS } from '../../test/rope-scalings.ts';
import { anglesOf } from './angles.ts';
import { ropeF32 } from './f32-order.ts';
import type { RopeAttrs } from './kernel.ts';
import { ropeReference } from './reference.ts';
import { rope } from './rope.ts';
import type { RopeOptions } from './rope.ts';

const CASES: (RopeOptions & { batch: number })[] = [
  { batch: 1, context: 1, nHeads: 1, nKvHeads: 1, headDim: 2, theta: 10_000 },
  { batch: 2, context: 7, nHeads: 2, nKvHeads: 1, headDim: 6, theta: 10_000 },
  { batch: 3, context: 5, nHeads: 4, nKvHeads: 2, headDim: 8, theta: 500_000, offset: 3 },
  { batch: 1, context: 131, nHeads: 2, nKvHeads: 2, headDim: 32, theta: 10_000, offset: 1000 },
  { batch: 1, context: 9, nHeads: 2, nKvHeads: 1, headDim: 8, theta: 10_000, scaling: SCALINGS.linear },
  {
    batch: 2,
    context: 70,
    nHeads: 4,
    nKvHeads: 1,
    headDim: 16,
    theta: 500_000,
    scaling: SCALINGS.llama3,
    offset: 5,
  },
  { batch: 1, context: 40, nHeads: 2, nKvHeads: 2, headDim: 16, theta: 10_000, scaling: SCALINGS.yarn },
];

function attrsOf(options: RopeOptions): RopeAttrs {
  const { nHeads, nKvHeads, headDim, context, theta, scaling, offset = 0 } = options;
  const angles = anglesOf(theta, scaling);
  return { rotatedHeads: nHeads + nKvHeads, headDim, context, angles, offset, direction: 1 };
}

describe('ropeReference', () => {
  it('turns component i and i + headDim / 2 by position · theta^(-2i / headDim), as Hugging Face does', () => {
    const [context, headDim, theta] = [3, 4, 100];
    const row = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    const rotated = ropeReference(
      Float64Array.from([...row, ...row, ...row]),
      12,
      attrsOf({ nHeads: 1, nKvHeads: 1, headDim, context, theta }),
    );
    // Position 2: angles 2 and 2 / 10. Query 1 2 3 4, key 5 6 7 8; value 9 10 11 12 passes.
    const [c0, s0, c1, s1] = [Math.cos(2), Math.sin(2), Math.cos(0.2), Math.sin(0.2)];
    const expected = [
      [1 * c0 - 3 * s0, 2 * c1 - 4 * s1, 3 * c0 + 1 * s0, 4 * c1 + 2 * s1],
      [5 * c0 - 7 * s0, 6 * c1 - 8 * s1, 7 * c0 + 5 * s0, 8 * c1 + 6 * s1],
      [9, 10, 11, 12],
    ].flat();
    expect(Array.from(rotated.slice(0, 12))).toEqual(row);
    expectWithin(rotated.slice(24), expected, 20 * UNIT_ROUNDOFF);
  });
  it('has the rotation back as its gradient', () => {
    const attrs = attrsOf(CASES[1]!);
    const x = Float64Array.from(normalFloats(14 * 24, 1));
    const dy = Float64Array.from(normalFloats(14 * 24, 2));
    const gradient = ropeReference(dy, 24, { ...attrs, direction: -1 });
    expectGradient((at) => innerProduct(dy, ropeReference(at, 24, attrs)), x, gradient);
  });
});

describe.each(testBackends)('rope on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(CASES)(
    'agrees with the reference and has the bits of the f32 definition: $batch x $context, heads of $headDim, $scaling.type',
    async ({ batch, ...options }) => {
      const rows = batch * options.context;
      const width = (options.nHeads + 2 * options.nKvHeads) * options.headDim;
      const x = normalFloats(rows * width, 1);
      const dy = normalFloats(rows * width, 2);
      await expectNoLeaks(async () => {
        const [xME, dyME] = [tensor2d(x, [rows, width]), tensor2d(dy, [rows, width])];
        const rotated = rope(xME, options);
        const dx = grad((at) => rope(at as Tensor2D, options))(xME, dyME);
        // Two products of at most the greatest value, and a sum: three roundings of at most twice that.
        const bound = (values: Float32Array): number => 4 * UNIT_ROUNDOFF * greatestMagnitude(values);
        const attrs = attrsOf(options);
        expectWithin(await readFloats(rotated), ropeReference(x, width, attrs), bound(x));
        expectWithin(await readFloats(dx), ropeReference(dy, width, { ...attrs, direction: -1 }), bound(dy));
        // Hardware may fuse or approximate; a software adapter here does neither.
        if (backend !== 'webgpu' || gpuSession()!.software) {
          expectSameBits(await readFloats(rotated), ropeF32(x, width, attrs));
          expectSameBits(await readFloats(dx), ropeF32(dy, width, { ...attrs, direction: -1 }));
        }
        for (const tensor of [xME, dyME, rotated, dx]) tensor.dispose();
      });
    },
  );

  it('refuses what does not fit', () => {
    const x = tensor2d(new Float32Array(36), [3, 12]);
    const options: RopeOptions = { nHeads: 1, nKvHeads: 1, headDim: 4, context: 3, theta: 1e4 };
    expect(() => rope(x, { ...options, context: 2 })).toThrow(
      'rope: qkvME must have shape [a multiple of 2, 12], but got [3, 12]',
    );
    expect(() => rope(x, { ...options, headDim: 3 })).toThrow('rope: headDim must be even, but got 3');
    expect(() => rope(x, { ...options, theta: 0 })).toThrow('rope: theta must be positive, but got 0');
    expect(() => rope(x, { ...options, scaling: { type: 'linear', factor: 0.5 } })).toThrow(
      'RopeScaling: factor must be at least 1, but got 0.5',
    );
    expect(() => rope(x, { ...options, offset: -1 })).toThrow(
      'rope: offset must be an integer of at least 0, but got -1',
    );
    x.dispose();
  });
});
