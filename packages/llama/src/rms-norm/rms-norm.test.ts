import { grads, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectGradient, innerProduct } from '../../test/expect-gradient.ts';
import { expectWithin, UNIT_ROUNDOFF } from '../../test/expect-within.ts';
import { rmsNormF32, rmsNormGradF32 } from './f32-order.ts';
import { rmsNormGradReference, rmsNormReference } from './reference.ts';
import { rmsNorm } from './rms-norm.ts';

const EPS = 1e-5;
const SHAPES: [rows: number, width: number][] = [
  [1, 1],
  [3, 4],
  [5, 7],
  [37, 13],
  [70, 128],
  [2, 344],
  // More rows than a workgroup holds sums of, on webgpu.
  [2083, 6],
  [0, 8],
];

function data(rows: number, width: number): { x: Float32Array; gain: Float32Array; dy: Float32Array } {
  return {
    x: normalFloats(rows * width, 1, 3),
    gain: normalFloats(width, 2),
    dy: normalFloats(rows * width, 3),
  };
}

describe('rmsNormReference', () => {
  it('has the gradient that finite differences give', () => {
    const [rows, width] = [3, 5];
    const [x, gain, dy] = [rows * width, width, rows * width].map((size, i) =>
      Float64Array.from(normalFloats(size, i + 1)),
    ) as [Float64Array, Float64Array, Float64Array];
    const { dxMD, dgainD } = rmsNormGradReference(dy, x, gain, EPS);
    expectGradient((at) => innerProduct(dy, rmsNormReference(at, gain, EPS)), x, dxMD);
    expectGradient((at) => innerProduct(dy, rmsNormReference(x, at, EPS)), gain, dgainD);
  });
});

describe.each(testBackends)('rmsNorm on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(SHAPES)('agrees with the reference for %i rows of %i', async (rows, width) => {
    const { x, gain, dy } = data(rows, width);
    const [y, dx, dgain] = await expectNoLeaks(() => run(x, gain, dy, rows, width));
    const expected = rmsNormReference(x, gain, EPS);
    // width / 4 + 3 additions of squares, halved by the root; then six operations, division and root 5 roundoffs.
    const relative = (width / 8 + 20) * UNIT_ROUNDOFF;
    expectWithin(y, expected, (i) => relative * Math.abs(expected[i]!));

    const { dxMD, dgainD } = rmsNormGradReference(dy, x, gain, EPS);
    const magnitudes = rmsNormGradReference(dy.map(Math.abs), x.map(Math.abs), gain.map(Math.abs), EPS);
    const straight = rmsNormReference(dy.map(Math.abs), gain.map(Math.abs), 0);
    const scale = Math.max(1, ...magnitudes.dxMD.map(Math.abs), ...straight);
    expectWithin(dx, dxMD, (width / 2 + 60) * UNIT_ROUNDOFF * scale);
    expectWithin(dgain, dgainD, (i) => (64 + rows / 32 + width / 8) * UNIT_ROUNDOFF * magnitudes.dgainD[i]!);
  });

  it.for(SHAPES)('has the bits of the f32 definition for %i rows of %i', async ([rows, width], { skip }) => {
    skip(
      backend === 'webgpu' && !gpuSession()!.software,
      'hardware may fuse a multiply and an add, or approximate',
    );
    const { x, gain, dy } = data(rows, width);
    const [y, dx, dgain] = await run(x, gain, dy, rows, width);
    const { yMD, inverseRmsM } = rmsNormF32(x, gain, EPS);
    const { dxMD, dgainD } = rmsNormGradF32(dy, x, gain, inverseRmsM);
    expect(bitsOf(y)).toEqual(bitsOf(yMD));
    expect(bitsOf(dx)).toEqual(bitsOf(dxMD));
    expect(bitsOf(dgain)).toEqual(bitsOf(dgainD));
  });

  it('refuses what does not fit', () => {
    const [x, gain, ids] = [tensor2d([[1, 2]]), tensor1d([1]), tensor2d([[1, 2]], [1, 2], 'int32')];
    expect(() => rmsNorm(x, gain, EPS)).toThrow(
      'rmsNorm: the gain must have one value per column of x, but got 1 for 2 columns',
    );
    expect(() => rmsNorm(ids, gain, EPS)).toThrow(TypeError);
    const two = tensor1d([1, 1]);
    expect(() => rmsNorm(x, two, -1)).toThrow('rmsNorm: eps must be at least 0, but got -1');
    expect(() => rmsNorm(two as unknown as Tensor2D, two, EPS)).toThrow(/xMD must have 2 dimensions/);
    for (const tensor of [x, gain, ids, two]) tensor.dispose();
  });
});

async function run(
  x: Float32Array,
  gain: Float32Array,
  dy: Float32Array,
  rows: number,
  width: number,
): Promise<[Float32Array, Float32Array, Float32Array]> {
  const [xMD, dyMD] = [x, dy].map((values) => tensor2d(values, [rows, width])) as [Tensor2D, Tensor2D];
  const gainD = tensor1d(gain);
  const yMD = rmsNorm(xMD, gainD, EPS);
  const [dxMD, dgainD] = grads((a, b) => rmsNorm(a as Tensor2D, b as Tensor1D, EPS))([xMD, gainD], dyMD);
  const results = [yMD, dxMD!, dgainD!];
  const values = await Promise.all(results.map(readFloats));
  for (const tensor of [xMD, gainD, dyMD, ...results]) tensor.dispose();
  return values as [Float32Array, Float32Array, Float32Array];
}
