import { grads, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expectNoLeaks, normalFloats, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { residualAdd } from './residual-add.ts';

describe.each(testBackends)('residualAdd on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('adds, and hands the gradient to both', async () => {
    await expectNoLeaks(async () => {
      const values = [1, 2, 3].map((seed) => normalFloats(35, seed));
      const [a, b, dy] = values.map((array) => tensor2d(array, [5, 7])) as [Tensor2D, Tensor2D, Tensor2D];
      const sum = residualAdd(a, b);
      const [da, db] = grads((x, y) => residualAdd(x as Tensor2D, y as Tensor2D))([a, b], dy);
      expect(await readFloats(sum)).toEqual(values[0]!.map((value, i) => value + values[1]![i]!));
      expect(await readFloats(da!)).toEqual(values[2]);
      expect(await readFloats(db!)).toEqual(values[2]);
      // dy is handed through as it came, so it and its gradient are one tensor.
      for (const tensor of new Set([a, b, dy, sum, da!, db!])) tensor.dispose();
    });
  });

  it('sums the gradients of a tensor that is used twice', async () => {
    const [a, dy] = [tensor2d([[1, 2]]), tensor2d([[3, 5]])];
    const [da] = grads((x) => residualAdd(residualAdd(x as Tensor2D, x as Tensor2D), x as Tensor2D))([a], dy);
    expect([...(await readFloats(da!))]).toEqual([9, 15]);
    for (const tensor of [a, dy, da!]) tensor.dispose();
  });

  it('refuses different shapes', () => {
    const [a, b] = [tensor2d([[1, 2]]), tensor2d([[1], [2]])];
    expect(() => residualAdd(a, b)).toThrow(
      'residualAdd: both tensors must have the same shape, but got [1, 2] and [2, 1]',
    );
    a.dispose();
    b.dispose();
  });
});
