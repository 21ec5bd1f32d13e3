import { tensor2d } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { matMulReference } from '../fp4-matmul/reference.ts';
import { quantizeReference } from '../fp4-quantize/reference.ts';
import { fp4Linear } from './fp4-linear.ts';

const [M, K, N] = [9, 43, 6];
const x = normalFloats(M * K, 1);
const w = normalFloats(N * K, 2);

describe.each(testBackends)('fp4Linear with stochastic rounding on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['vector', 'tensor'] as const)(
    'rounds X and W with seeds of their own, granularity %s',
    async (granularity) => {
      const options = { granularity, scale: 'e4m3', rounding: 'stochastic' } as const;
      const seed = 2 ** 32 - 3;
      const y = await expectNoLeaks(async () => {
        const [xMK, wNK] = [tensor2d(x, [M, K]), tensor2d(w, [N, K])];
        const yMN = fp4Linear(xMK, wNK, { ...options, seed });
        const values = (await readFloats(yMN)).slice();
        for (const t of [xMK, wNK, yMN]) t.dispose();
        return values;
      });
      // The seed of X is the second after that of dX, the seed of W the next, around the end of 32 bits.
      const xq = quantizeReference(x, M, K, granularity, { ...options, seed: 2 ** 32 - 1 });
      const wq = quantizeReference(w, N, K, granularity, { ...options, seed: 0 });
      expect(bitsOf(y)).toEqual(bitsOf(matMulReference({ ...xq, rows: M }, { ...wq, rows: N })));
    },
  );
});
