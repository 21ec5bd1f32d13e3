import { grad, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSameBits } from '../../test/expect-same-bits.ts';
import { expectWithin, UNIT_ROUNDOFF } from '../../test/expect-within.ts';
import { embedding } from './embedding.ts';
import { embeddingGradF32 } from './f32-order.ts';
import { embeddingGradReference, embeddingReference } from './reference.ts';

function someIds(count: number, vocabSize: number): Int32Array {
  const random = seededRandom(9);
  // Squared, so that some ids are frequent and some never occur.
  return Int32Array.from({ length: count }, () => Math.floor(random() ** 2 * vocabSize));
}

describe.each(testBackends)('embedding on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    [1, 1, 1],
    [13, 5, 3],
    [200, 31, 8],
    [67, 300, 13],
    [0, 4, 4],
  ])('agrees with the reference: %i ids, table [%i, %i]', async (count, vocabSize, width) => {
    const ids = someIds(count, vocabSize);
    const table = normalFloats(vocabSize * width, 1);
    const dy = normalFloats(count * width, 2);
    await expectNoLeaks(async () => {
      const [idsM, tableVD, dyMD] = [
        tensor1d(ids, 'int32'),
        tensor2d(table, [vocabSize, width]),
        tensor2d(dy, [count, width]),
      ];
      const rows = embedding(idsM, tableVD);
      const dTable = grad((at) => embedding(idsM, at as Tensor2D))(tableVD, dyMD);
      const expected = new Float32Array(embeddingReference(ids, table, width));
      expect(bitsOf(await readFloats(rows))).toEqual(bitsOf(expected));
      // At most `count` additions of magnitudes.
      const sums = embeddingGradReference(dy.map(Math.abs), ids, vocabSize, width);
      const gradient = embeddingGradReference(dy, ids, vocabSize, width);
      expectWithin(await readFloats(dTable), gradient, (i) => count * UNIT_ROUNDOFF * sums[i]!);
      expectSameBits(await readFloats(dTable), embeddingGradF32(dy, ids, vocabSize, width));
      for (const tensor of [idsM, tableVD, dyMD, rows, dTable]) tensor.dispose();
    });
  });

  it('adds the rows of an id in order, in f32', async () => {
    const dy = Float32Array.of(1, 2 ** 25, -(2 ** 25), 1);
    const [idsM, tableVD, dyMD] = [tensor1d([0, 0, 0, 0], 'int32'), tensor2d([[5]]), tensor2d(dy, [4, 1])];
    const dTable = grad((at) => embedding(idsM, at as Tensor2D))(tableVD, dyMD);
    expect([...(await readFloats(dTable))]).toEqual([1]);
    for (const tensor of [idsM, tableVD, dyMD, dTable]) tensor.dispose();
  });

  it('finds nothing of an earlier batch in the buffers that it uses again', async () => {
    const dy = normalFloats(6 * 2, 1);
    const [tableVD, dyMD] = [tensor2d(new Float32Array(8 * 2), [8, 2]), tensor2d(dy, [6, 2])];
    for (const ids of [
      [0, 1, 2, 3, 4, 5],
      [5, 5, 0, 5, 0, 7],
      [6, 6, 6, 6, 6, 6],
    ]) {
      const idsM = tensor1d(ids, 'int32');
      const dTable = grad((at) => embedding(idsM, at as Tensor2D))(tableVD, dyMD);
      expectSameBits(await readFloats(dTable), embeddingGradF32(dy, Int32Array.from(ids), 8, 2));
      for (const tensor of [idsM, dTable]) tensor.dispose();
    }
    for (const tensor of [tableVD, dyMD]) tensor.dispose();
  });

  it('refuses ids that are not int32', () => {
    const [ids, tableVD] = [tensor1d([0]), tensor2d([[1], [2]])];
    expect(() => embedding(ids, tableVD)).toThrow(
      'embedding: idsM must be int32, but got float32; cast it first',
    );
    ids.dispose();
    tableVD.dispose();
  });
});

// A GPU kernel cannot throw: it poisons the result instead.
describe.each(testBackends.filter((name) => name !== 'webgpu'))('embedding out of range on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('refuses an id out of range', () => {
    const [idsM, tableVD] = [tensor1d([0, 2], 'int32'), tensor2d([[1], [2]])];
    expect(() => embedding(idsM, tableVD)).toThrow('embedding: ids must be in 0…1, but got 2 at index 1');
    idsM.dispose();
    tableVD.dispose();
  });
});

describe.runIf(testBackends.includes('webgpu'))('embedding out of range on webgpu', () => {
  beforeAll(() => useBackend('webgpu'));

  it('gives NaN for an id out of range', async () => {
    const [idsM, tableVD] = [tensor1d([0, 2, -1], 'int32'), tensor2d([[1], [2]])];
    const rows = embedding(idsM, tableVD);
    expect([...(await readFloats(rows))]).toEqual([1, NaN, NaN]);
    for (const tensor of [idsM, tableVD, rows]) tensor.dispose();
  });
});
