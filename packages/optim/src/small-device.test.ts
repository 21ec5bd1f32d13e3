import { tensor1d, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAdamW } from './create-adamw.ts';
import { createGradientAccumulator } from './gradient-accumulator.ts';

/** Stands in for the device: a usual one, or one so small that every tensor is cut and every group is full. */
const usual = { tensors: 16, words: 2 ** 24 };
const limits = vi.hoisted(() => ({ tensors: 0, words: 0 }));
vi.mock('./binding-limits.ts', () => ({ bindingLimits: () => limits }));

const sizes = [5, 4099, 64, 0, 1031, 3, 16, 2, 777];

function tensors(seed: number): Map<string, Tensor> {
  return new Map(
    sizes.map((size, i) => [`p${i}`, tensor1d(normalFloats(size, 10 * seed + i, 0.1), 'float32')]),
  );
}

function disposeAll(all: ReadonlyMap<string, Tensor>): void {
  for (const x of all.values()) x.dispose();
}

async function bitsOfAll(all: ReadonlyMap<string, Tensor>): Promise<Uint32Array[]> {
  const bits: Uint32Array[] = [];
  for (const x of all.values()) bits.push(bitsOf((await readFloats(x)).slice()));
  return bits;
}

/** Weights and state after three steps. */
async function trained(moments: 'f32' | 'mixed'): Promise<unknown> {
  return expectNoLeaks(async () => {
    const initial = tensors(1);
    const parameters = new Map<string, Variable>([...initial].map(([name, x]) => [name, variable(x)]));
    disposeAll(initial);
    const optimizer = createAdamW(parameters, { moments, decays: (name) => name !== 'p1' });
    for (let step = 0; step < 3; step++) {
      const gradients = tensors(2 + step);
      optimizer.step(gradients, 0.01).dispose();
      disposeAll(gradients);
      // What is read and put back goes through all chunks.
      optimizer.restore(await optimizer.state());
    }
    const result = [await bitsOfAll(parameters), await optimizer.state()];
    optimizer.dispose();
    disposeAll(parameters);
    return result;
  });
}

async function accumulated(): Promise<Uint32Array[]> {
  return expectNoLeaks(async () => {
    const accumulator = createGradientAccumulator({ format: 'e4m3' });
    for (const seed of [6, 7]) {
      const gradients = tensors(seed);
      accumulator.add(gradients);
      disposeAll(gradients);
    }
    const means = await bitsOfAll(accumulator.average());
    accumulator.dispose();
    return means;
  });
}

describe.each(testBackends)('on a device that binds little, %s', (backend) => {
  beforeAll(() => useBackend(backend));
  afterEach(() => Object.assign(limits, usual));

  it.each(['f32', 'mixed'] as const)('steps with %s moments give the same bits', async (moments) => {
    Object.assign(limits, usual);
    const wanted = await trained(moments);
    Object.assign(limits, { tensors: 6, words: 640 });
    expect(await trained(moments)).toEqual(wanted);
  });

  it('sums in FP8 give the same bits', async () => {
    Object.assign(limits, usual);
    const wanted = await accumulated();
    Object.assign(limits, { tensors: 4, words: 64 });
    expect(await accumulated()).toEqual(wanted);
  });

  it('refuses a device that binds too little', () => {
    Object.assign(limits, { tensors: 3, words: 640 });
    expect(() => createAdamW(new Map([['w', variable(tensor1d([1]))]]))).toThrow(
      /^planGroups: the device must bind a parameter with its gradient and state at once, but has room for 0 of 320 elements/,
    );
  });
});
