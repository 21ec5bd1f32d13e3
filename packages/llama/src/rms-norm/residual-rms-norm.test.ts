import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
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
import { expectSameBits } from '../../test/expect-same-bits.ts';
import { someMatrix } from '../../test/some-matrix.ts';
import { backpropagate } from '../autodiff/backpropagate.ts';
import { record } from '../autodiff/tape.ts';
import { residualAdd } from '../residual-add/residual-add.ts';
import { rmsNormF32, rmsNormGradF32 } from './f32-order.ts';
import { normOfSum, residualRmsNorm } from './residual-rms-norm.ts';
import { rmsNorm } from './rms-norm.ts';

const EPS = 1e-5;
const CASES = [
  [1, 1],
  [3, 4],
  [5, 7],
  [37, 13],
  [70, 128],
  [0, 8],
].flatMap(([rows, width]) => [true, false].map((adds) => [rows!, width!, adds] as const));

describe.each(testBackends)('residualRmsNorm on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.for(CASES)(
    'has the bits of a sum and its norm: %i rows of %i (delta: %s)',
    async ([rows, width, adds], { skip }) => {
      skip(
        backend === 'webgpu' && !gpuSession()!.software,
        'hardware may fuse a multiply and an add, or approximate',
      );
      const [x, delta, dy] = [1, 2, 3].map((seed) => normalFloats(rows * width, seed, 2)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      const gain = normalFloats(width, 5);
      const sum = adds ? x.map((value, i) => value + delta[i]!) : x;
      await expectNoLeaks(async () => {
        const [xMD, deltaMD, dyMD] = [x, delta, dy].map((values) => tensor2d(values, [rows, width])) as [
          Tensor2D,
          Tensor2D,
          Tensor2D,
        ];
        const gainD = tensor1d(gain);
        const inputs = [xMD, gainD, ...(adds ? [deltaMD] : [])];
        // The sum goes on and is added to the norm, so that both have a gradient.
        const { result, tape } = record(() => {
          const [sumMD, normedMD] = residualRmsNorm(xMD, adds ? deltaMD : null, gainD, EPS);
          return residualAdd(sumMD, normedMD);
        });
        const together = await readFloats(result);
        const { yMD: normed, inverseRmsM } = rmsNormF32(sum, gain, EPS);
        expectSameBits(
          together,
          sum.map((value, i) => value + normed[i]!),
        );
        const [dx, dgain, dDelta] = backpropagate(tape, result, dyMD, inputs);
        const { dxMD, dgainD } = rmsNormGradF32(dy, sum, gain, inverseRmsM, dy);
        expectSameBits(await readFloats(dx!), dxMD);
        expectSameBits(await readFloats(dgain!), dgainD);
        if (adds) expectSameBits(await readFloats(dDelta!), dxMD);
        for (const tensor of [xMD, deltaMD, dyMD, gainD, result, dx, dgain, dDelta]) tensor?.dispose();
      });
    },
  );

  it.each([true, false])('needs no gradient of a sum that goes no further (delta: %s)', async (adds) => {
    const [rows, width] = [37, 12];
    await expectNoLeaks(async () => {
      const [xMD, deltaMD, dyMD] = [1, 2, 3].map((seed) => someMatrix(rows, width, seed)) as [
        Tensor2D,
        Tensor2D,
        Tensor2D,
      ];
      const gainD = tensor1d(normalFloats(width, 5));
      const differentiate = (norm: () => Tensor2D): Promise<Float32Array[]> => {
        const { result, tape } = record(norm);
        const gradients = backpropagate(tape, result, dyMD, adds ? [xMD, deltaMD, gainD] : [xMD, gainD]);
        const tensors = [result, ...gradients.map((gradient) => gradient!)];
        return Promise.all(tensors.map(readFloats)).finally(() => {
          for (const tensor of tensors) tensor.dispose();
        });
      };
      const together = await differentiate(() => normOfSum(xMD, adds ? deltaMD : null, gainD, EPS));
      const apart = await differentiate(() => rmsNorm(adds ? residualAdd(xMD, deltaMD) : xMD, gainD, EPS));
      for (const [i, values] of together.entries()) expectSameBits(values, apart[i]!);
      for (const tensor of [xMD, deltaMD, dyMD, gainD]) tensor.dispose();
    });
  });

  it('refuses different shapes', () => {
    const [x, delta, gain] = [tensor2d([[1, 2]]), tensor2d([[1], [2]]), tensor1d([1, 1])];
    expect(() => residualRmsNorm(x, delta, gain, EPS)).toThrow(
      'residualRmsNorm: both tensors must have the same shape, but got [1, 2] and [2, 1]',
    );
    expect(() => residualRmsNorm(x, null, gain, -1)).toThrow(
      'residualRmsNorm: eps must be at least 0, but got -1',
    );
    for (const tensor of [x, delta, gain]) tensor.dispose();
  });
});
