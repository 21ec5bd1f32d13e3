import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { engine, tensor1d } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { orderKey } from '../order-key.ts';
import { registerOcc } from '../register.ts';
import { OCC_TENSOR_THRESHOLDS } from './kernel-name.ts';
import { samplePosition, tensorThresholdsReference } from './reference.ts';
import { planThresholds } from './threshold-plan.ts';
import type { ThresholdPlan } from './threshold-plan.ts';

/** The definition once more: the elements at two ranks of all, sorted. */
function sortedAt(x: Float32Array, ranks: readonly number[]): number[] {
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  const keys = bits.map(orderKey).toSorted();
  return ranks.map((rank) => orderKey(keys[rank]!) >>> 0);
}

describe.each(testBackends)('the thresholds of a tensor on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    registerOcc();
  });

  async function run(x: Float32Array, plan: ThresholdPlan): Promise<number[]> {
    return expectNoLeaks(async () => {
      const tensor = tensor1d(x);
      const thresholds = engine().runKernel(
        OCC_TENSOR_THRESHOLDS,
        { x: tensor },
        plan as unknown as NamedAttrMap,
      ) as Tensor;
      const values = [...bitsOf(await readFloats(thresholds))];
      tensor.dispose();
      thresholds.dispose();
      return values;
    });
  }

  it.each([
    [3, 0.6],
    [100, 0.99],
    [4095, 0.97],
    [4096, 0.99],
    [4097, 0.99],
    [5003, 0.999],
    [70_001, 0.99],
    [70_000, 0.51],
    [300_000, 0.9],
    [262_144, 0.999],
  ])('are the elements at the ranks, of %i elements at alpha %f', async (size, alpha) => {
    const x = normalFloats(size, 1).map((value, i) => (i % 37 === 0 ? 20 * value : value));
    const plan = planThresholds(alpha, size);
    expect(await run(x, plan)).toEqual(sortedAt(x, [plan.lower, plan.upper]));
  });
  it('are so with ties, where half of the elements are equal, and where all are', async () => {
    const halves = normalFloats(20_000, 2).map((value) => Math.max(0, Math.round(value)));
    const negative = halves.map((value) => -value);
    for (const x of [halves, negative, new Float32Array(20_000).fill(-7), new Float32Array(20_000)]) {
      for (const alpha of [0.99, 0.7]) {
        const plan = planThresholds(alpha, x.length);
        expect(await run(x, plan)).toEqual(sortedAt(x, [plan.lower, plan.upper]));
      }
    }
  });
  it('are so for any bit patterns, NaN and infinities included, with a first look at 16 elements', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer(), { minLength: 40, maxLength: 90 }), async (bits) => {
        const x = new Float32Array(Int32Array.from(bits).buffer);
        const exact = planThresholds(0.9, x.length);
        // What an exact plan of a larger tensor would do, on few elements.
        const plan = { ...exact, count: 16, isWhole: false, isFinal: false, room: 12 };
        const bounds = { firstLower: 3, firstUpper: 12 };
        expect(await run(x, { ...plan, ...bounds })).toEqual(sortedAt(x, [plan.lower, plan.upper]));
      }),
      { seed: 20260106, numRuns: 60 },
    );
  });
  it('are so when the first look misjudges them, or the lists run full', async () => {
    const x = normalFloats(6000, 3);
    const plan = planThresholds(0.95, x.length);
    const expected = sortedAt(x, [plan.lower, plan.upper]);
    expect(plan.isFinal).toBe(false);
    for (const wrong of [
      { firstLower: 0, firstUpper: plan.count - 1 },
      { firstLower: plan.count - 1, firstUpper: 0 },
      { room: 1 },
      { room: 4, firstLower: 0 },
    ]) {
      expect(await run(x, { ...plan, ...wrong })).toEqual(expected);
    }
  });
  it('differ with the seed of the sample', async () => {
    const x = normalFloats(10_000, 4);
    const [one, other] = [1, 2].map((seed) => planThresholds(0.95, x.length, { size: 256, seed }));
    expect(await run(x, one!)).not.toEqual(await run(x, other!));
  });
  it.each([1, 7, 256, 4096, 9999])('are those of a seeded sample of %i elements', async (size) => {
    const x = normalFloats(10_000, 4);
    const plan = planThresholds(0.95, x.length, { size, seed: 12 });
    const expected = [...bitsOf(tensorThresholdsReference(x, plan))];
    expect(await run(x, plan)).toEqual(expected);
  });
});

describe('the sample', () => {
  it('spreads over the tensor evenly, also where products exceed 53 bits', () => {
    for (const size of [5, 1000, 2 ** 31 - 1]) {
      const counts = new Int32Array(5);
      for (let i = 0; i < 5000; i++) {
        const position = samplePosition(i, 77, size);
        expect(Number.isInteger(position) && position >= 0 && position < size).toBe(true);
        counts[Math.floor((position / size) * 5)]!++;
      }
      // 1000 each, with a standard deviation of 28.
      for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(140);
    }
  });
  it('is the upper half of an exact product', () => {
    const random = seededRandom(5);
    for (let i = 0; i < 200; i++) {
      const size = Math.floor(random() * (2 ** 31 - 1)) + 1;
      const hash = Math.floor(random() * 2 ** 32);
      const bits = BigInt(planBits(hash, i));
      expect(samplePosition(i, hash, size)).toBe(Number((bits * BigInt(size)) >> 32n));
    }
  });
});

/** lowbias32 once more. */
function planBits(hash: number, i: number): number {
  let x = (hash + i) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
