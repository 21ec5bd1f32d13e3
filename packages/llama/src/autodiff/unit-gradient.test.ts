import { scalar } from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { expectNoLeaks, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { someMatrix } from '../../test/some-matrix.ts';
import { scaledBy, unitGradient } from './unit-gradient.ts';

describe.each(testBackends)('scaledBy on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('multiplies, but computes nothing where the factor is known to be 1', async () => {
    await expectNoLeaks(async () => {
      const gradient = someMatrix(3, 5, 1);
      const values = await readFloats(gradient);
      const factors: [Scalar, number][] = [
        [unitGradient(), 1],
        [scalar(1), 1],
        [scalar(2.5), 2.5],
      ];
      const scaled = factors.map(([factor]) => scaledBy(gradient, factor));
      expect(scaled.map(({ dataId }) => dataId === gradient.dataId)).toEqual([true, false, false]);
      // The data live as long as either tensor.
      gradient.dispose();
      for (const [i, [factor, value]] of factors.entries()) {
        expect(await readFloats(scaled[i]!)).toEqual(values.map((each) => each * value));
        scaled[i]!.dispose();
        factor.dispose();
      }
    });
  });
});
