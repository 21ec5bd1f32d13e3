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
import { expectWithin, UNIT_ROUNDOFF } from '../../test/expect-within.ts';
import { swigluF32, swigluGradF32 } from './f32-order.ts';
import { swigluGradReference, swigluReference } from './reference.ts';
import { swiglu } from './swiglu.ts';

describe('swigluReference', () => {
  it('has the gradient that finite differences give', () => {
    const x = Float64Array.from(normalFloats(3 * 10, 1));
    const dy = Float64Array.from(normalFloats(3 * 5, 2));
    expectGradient((at) => innerProduct(dy, swigluReference(at, 5)), x, swigluGradReference(dy, x, 5));
  });
});

describe.each(testBackends)('swiglu on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    [1, 1],
    [3, 7],
    [70, 344],
    [0, 4],
    [5, 13],
  ])('agrees with the reference for %i rows of %i', async (rows, ffnDim) => {
    const x = normalFloats(rows * 2 * ffnDim, 1, 4);
    const dy = normalFloats(rows * ffnDim, 2);
    await expectNoLeaks(async () => {
      const gateUp = tensor2d(x, [rows, 2 * ffnDim]);
      const dyMF = tensor2d(dy, [rows, ffnDim]);
      const out = swiglu(gateUp);
      const dGateUp = grad((at) => swiglu(at as Tensor2D))(gateUp, dyMF);
      const expected = swigluReference(x, ffnDim);
      const gradient = swigluGradReference(dy, x, ffnDim);
      const gateOf = (at: number): number => Math.abs(x[at + Math.floor(at / ffnDim) * ffnDim]!);
      // exp: 3 + 2 |x| ulp in WGSL; six more operations, a division at 5 roundoffs.
      expectWithin(
        await readFloats(out),
        expected,
        (i) => (20 + 4 * gateOf(i)) * UNIT_ROUNDOFF * Math.abs(expected[i]!) + 1e-37,
      );
      // 1 + gate · (1 − s) may cancel, so the bound is of its terms: |dy · up| · s · (1 + |gate|).
      const values = await readFloats(dGateUp);
      expectWithin(values, gradient, (i) => {
        const [m, column] = [Math.floor(i / (2 * ffnDim)), i % (2 * ffnDim)];
        const [gate, up] = [
          x[m * 2 * ffnDim + (column % ffnDim)]!,
          x[m * 2 * ffnDim + (column % ffnDim) + ffnDim]!,
        ];
        const terms =
          Math.abs(dy[m * ffnDim + (column % ffnDim)]!) * (1 + Math.abs(gate)) * (1 + Math.abs(up));
        return (30 + 4 * Math.abs(gate)) * UNIT_ROUNDOFF * terms;
      });
      for (const tensor of [gateUp, dyMF, out, dGateUp]) tensor.dispose();
    });
  });

  it.for<[number, number]>([
    [1, 1],
    [7, 13],
    [64, 7],
    [129, 64],
  ])('has the bits of the f32 definition for %i rows of %i', async ([rows, ffnDim], { skip }) => {
    skip(
      backend === 'webgpu' && !gpuSession()!.software,
      'hardware may fuse a multiply and an add, or approximate',
    );
    const [x, dy] = [normalFloats(rows * 2 * ffnDim, 1, 10), normalFloats(rows * ffnDim, 2)];
    const [gateUp, dyMF] = [tensor2d(x, [rows, 2 * ffnDim]), tensor2d(dy, [rows, ffnDim])];
    const out = swiglu(gateUp);
    const dGateUp = grad((at) => swiglu(at as Tensor2D))(gateUp, dyMF);
    expectSameBits(await readFloats(out), swigluF32(x, ffnDim));
    expectSameBits(await readFloats(dGateUp), swigluGradF32(dy, x, ffnDim));
    for (const tensor of [gateUp, dyMF, out, dGateUp]) tensor.dispose();
  });

  it('neither overflows nor loses the sign at the ends', async () => {
    const gateUp = tensor2d([[200, -200, 88.5, -88.5, 0, 1, 1, 1, 1, 1]]);
    const dy = tensor2d([[1, 1, 1, 1, 1]]);
    const out = swiglu(gateUp);
    const dGateUp = grad((at) => swiglu(at as Tensor2D))(gateUp, dy);
    expectWithin(await readFloats(out), [200, 0, 88.5, 0, 0], 1e-30);
    expectWithin(await readFloats(dGateUp), [1, 0, 1, 0, 0.5, 200, 0, 88.5, 0, 0], 1e-30);
    for (const tensor of [gateUp, dy, out, dGateUp]) tensor.dispose();
  });

  it('refuses rows of odd length', () => {
    const odd = tensor2d([[1, 2, 3]]);
    expect(() => swiglu(odd)).toThrow('swiglu: rows must hold gates and values, an even number, but got 3');
    odd.dispose();
  });
});
