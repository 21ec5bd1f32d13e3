import { grad, scalar, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import {
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectGradient } from '../../test/expect-gradient.ts';
import { expectSameBits } from '../../test/expect-same-bits.ts';
import { expectWithin, greatestMagnitude, UNIT_ROUNDOFF } from '../../test/expect-within.ts';
import { crossEntropy, perTokenLoss } from './cross-entropy.ts';
import { crossEntropyF32, meanLossF32 } from './f32-order.ts';
import { crossEntropyGradReference, crossEntropyReference } from './reference.ts';

function someTargets(rows: number, vocabSize: number): Int32Array {
  const random = seededRandom(4);
  return Int32Array.from({ length: rows }, () => Math.floor(random() * vocabSize));
}

describe('crossEntropyReference', () => {
  it('has the gradient that finite differences give', () => {
    const logits = Float64Array.from(normalFloats(4 * 7, 1, 2));
    const targets = someTargets(4, 7);
    const { logSumExp } = crossEntropyReference(logits, targets, 7);
    const gradient = crossEntropyGradReference(3, logits, targets, logSumExp, 7);
    expectGradient((at) => 3 * crossEntropyReference(at, targets, 7).meanLoss, logits, gradient);
  });
});

describe.each(testBackends)('crossEntropy on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    [1, 1],
    [3, 5],
    [70, 131],
    [130, 64],
    [5, 1024],
  ])('agrees with the reference for %i rows of %i', async (rows, vocabSize) => {
    const logits = normalFloats(rows * vocabSize, 1, 3);
    const targets = someTargets(rows, vocabSize);
    await expectNoLeaks(async () => {
      const [logitsMV, targetsM, dy] = [
        tensor2d(logits, [rows, vocabSize]),
        tensor1d(targets, 'int32'),
        scalar(2.5),
      ];
      const mean = crossEntropy(logitsMV, targetsM);
      const each = perTokenLoss(logitsMV, targetsM);
      const dLogits = grad((at) => crossEntropy(at as Tensor2D, targetsM))(logitsMV, dy);
      const expected = crossEntropyReference(logits, targets, vocabSize);
      // Of the log-sum-exp: vocabSize additions of exp (WGSL: 3 + 2 |x| ulp), log, and the final sum.
      const range = 2 * greatestMagnitude(logits);
      const bound = (vocabSize + 30 + 4 * range) * UNIT_ROUNDOFF;
      expectWithin(await readFloats(each), expected.loss, 2 * bound);
      expectWithin(
        await readFloats(mean),
        [expected.meanLoss],
        (2 + expected.meanLoss) * bound + rows * UNIT_ROUNDOFF,
      );
      const gradient = crossEntropyGradReference(2.5, logits, targets, expected.logSumExp, vocabSize);
      expectWithin(await readFloats(dLogits), gradient, (3 * bound * 2.5) / rows);
      for (const tensor of [logitsMV, targetsM, dy, mean, each, dLogits]) tensor.dispose();
    });
  });

  it.for<[number, number]>([
    [1, 1],
    [7, 5],
    [64, 67],
    [129, 131],
    [3, 1024],
  ])('has the bits of the f32 definition for %i rows of %i', async ([rows, vocabSize], { skip }) => {
    skip(
      backend === 'webgpu' && !gpuSession()!.software,
      'hardware may fuse a multiply and an add, or approximate',
    );
    const [logits, targets] = [normalFloats(rows * vocabSize, 1, 3), someTargets(rows, vocabSize)];
    const [logitsMV, targetsM, dy] = [
      tensor2d(logits, [rows, vocabSize]),
      tensor1d(targets, 'int32'),
      scalar(2.5),
    ];
    const mean = crossEntropy(logitsMV, targetsM);
    const each = perTokenLoss(logitsMV, targetsM);
    const dLogits = grad((at) => crossEntropy(at as Tensor2D, targetsM))(logitsMV, dy);
    const { loss, dLogits: unit } = crossEntropyF32(logits, targets, vocabSize, Math.fround(1 / rows));
    expectSameBits(await readFloats(mean), Float32Array.of(meanLossF32(loss)));
    expectSameBits(await readFloats(each), loss);
    expectSameBits(
      await readFloats(dLogits),
      unit.map((value) => value * 2.5),
    );
    for (const tensor of [logitsMV, targetsM, dy, mean, each, dLogits]) tensor.dispose();
  });

  it('is exact about a certain prediction with huge logits', async () => {
    const [logitsMV, targetsM] = [tensor2d([[1e4, -1e4, 0]]), tensor1d([0], 'int32')];
    const mean = crossEntropy(logitsMV, targetsM);
    const dLogits = grad((at) => crossEntropy(at as Tensor2D, targetsM))(logitsMV);
    expect([...(await readFloats(mean))]).toEqual([0]);
    expectWithin(await readFloats(dLogits), [0, 0, 0], 0);
    for (const tensor of [logitsMV, targetsM, mean, dLogits]) tensor.dispose();
  });

  it('refuses what does not fit', () => {
    const [logitsMV, targetsM] = [tensor2d([[1, 2, 3]]), tensor1d([0, 1], 'int32')];
    expect(() => crossEntropy(logitsMV, targetsM)).toThrow(
      'crossEntropy: there must be one target for each row of logits, at least one, but got logits of shape [1, 3] and 2 targets',
    );
    logitsMV.dispose();
    targetsM.dispose();
  });
});

// A GPU kernel cannot throw: it poisons the result instead.
describe.each(testBackends.filter((name) => name !== 'webgpu'))(
  'crossEntropy out of range on %s',
  (backend) => {
    beforeAll(() => useBackend(backend));

    it('refuses a target out of range', () => {
      const [logitsMV, targetsM] = [tensor2d([[1, 2, 3]]), tensor1d([-1], 'int32')];
      expect(() => crossEntropy(logitsMV, targetsM)).toThrow('targets must be in 0…2, but got -1 at index 0');
      logitsMV.dispose();
      targetsM.dispose();
    });
  },
);

describe.runIf(testBackends.includes('webgpu'))('crossEntropy out of range on webgpu', () => {
  beforeAll(() => useBackend('webgpu'));

  it('gives NaN for a target out of range', async () => {
    const [logitsMV, targetsM] = [
      tensor2d([
        [1, 2],
        [3, 4],
      ]),
      tensor1d([0, 2], 'int32'),
    ];
    const [mean, each] = [crossEntropy(logitsMV, targetsM), perTokenLoss(logitsMV, targetsM)];
    expect([...(await readFloats(mean))]).toEqual([NaN]);
    expect((await readFloats(each)).map(Number.isNaN as never)).toEqual(Float32Array.of(0, 1));
    for (const tensor of [logitsMV, targetsM, mean, each]) tensor.dispose();
  });
});
