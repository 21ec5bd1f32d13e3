import { memory, tensor, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { bitsOf, expectNoLeaks, gpuSession, normalFloats, readFloats } from '@nibble-ml/testing';
import { testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AdamWOptions } from './adamw-options.ts';
import { createAdamW } from './create-adamw.ts';

const shapes = new Map([
  ['embed', [37, 29]],
  ['gain', [13]],
  ['scalar', []],
  ['empty', [0, 4]],
  ['large', [3, 1031]],
]);
const steps = 20;

function weights(): Map<string, Float32Array> {
  return new Map([...shapes].map(([name, shape], i) => [name, normalFloats(sizeOf(shape), 100 + i, 0.1)]));
}

/** Gradients of a step: large ones at first, so that some steps are clipped and others are not. */
function gradientsAt(step: number): Map<string, Float32Array> {
  const deviation = step % 3 === 0 ? 1 : 0.005;
  return new Map(
    [...shapes].map(([name, shape], i) => [name, normalFloats(sizeOf(shape), 1000 * step + i, deviation)]),
  );
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function toVariables(values: ReadonlyMap<string, Float32Array>): Map<string, Variable> {
  return new Map(
    [...values].map(([name, data]) => {
      const initial = tensor(data.slice(), shapes.get(name), 'float32');
      const made = variable(initial);
      initial.dispose();
      return [name, made];
    }),
  );
}

function toTensors(values: ReadonlyMap<string, Float32Array>): Map<string, Tensor> {
  return new Map(
    [...values].map(([name, data]) => [name, tensor(data.slice(), shapes.get(name), 'float32')]),
  );
}

function disposeAll(tensors: ReadonlyMap<string, Tensor>): void {
  for (const x of tensors.values()) x.dispose();
}

async function readAll(tensors: ReadonlyMap<string, Tensor>): Promise<Map<string, Float32Array>> {
  const read = new Map<string, Float32Array>();
  for (const [name, x] of tensors) read.set(name, (await readFloats(x)).slice());
  return read;
}

const learningRateAt = (step: number): number => 0.01 / (1 + step);

/** Runs `count` steps from `first` and returns the norms. */
async function run(
  parameters: ReadonlyMap<string, Variable>,
  optimizer: ReturnType<typeof createAdamW>,
  first: number,
  count: number,
): Promise<number[]> {
  const norms: number[] = [];
  for (let step = first; step < first + count; step++) {
    const gradients = toTensors(gradientsAt(step));
    const norm = optimizer.step(gradients, learningRateAt(step));
    norms.push((await readFloats(norm))[0]!);
    norm.dispose();
    disposeAll(gradients);
  }
  expect(parameters.size).toBe(shapes.size);
  return norms;
}

/** The textbook algorithm in float64 (arXiv:1711.05101, algorithm 2). */
function runInFloat64(options: { weightDecay: number; clipNorm: number | null }): Map<string, Float64Array> {
  const w = new Map([...weights()].map(([name, data]) => [name, Float64Array.from(data)]));
  const m = new Map([...w].map(([name, { length }]) => [name, new Float64Array(length)]));
  const v = new Map([...w].map(([name, { length }]) => [name, new Float64Array(length)]));
  for (let t = 1; t <= steps; t++) {
    const gradients = gradientsAt(t - 1);
    let squares = 0;
    for (const g of gradients.values()) for (const value of g) squares += value * value;
    const factor = options.clipNorm === null ? 1 : Math.min(1, options.clipNorm / Math.sqrt(squares));
    const rate = learningRateAt(t - 1);
    for (const [name, weight] of w) {
      const decay = shapes.get(name)!.length >= 2 ? options.weightDecay : 0;
      const [first, second] = [m.get(name)!, v.get(name)!];
      for (let i = 0; i < weight.length; i++) {
        const g = gradients.get(name)![i]! * factor;
        first[i] = 0.9 * first[i]! + 0.1 * g;
        second[i] = 0.95 * second[i]! + 0.05 * g * g;
        const mHat = first[i]! / (1 - 0.9 ** t);
        const vHat = second[i]! / (1 - 0.95 ** t);
        weight[i]! -= rate * (mHat / (Math.sqrt(vHat) + 1e-8) + decay * weight[i]!);
      }
    }
  }
  return w;
}

async function trained(options: AdamWOptions): Promise<Map<string, Float32Array>> {
  return expectNoLeaks(async () => {
    const parameters = toVariables(weights());
    const optimizer = createAdamW(parameters, options);
    await run(parameters, optimizer, 0, steps);
    const result = await readAll(parameters);
    optimizer.dispose();
    disposeAll(parameters);
    return result;
  });
}

describe.each(testBackends)('AdamW on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    { weightDecay: 0.1, clipNorm: 1 },
    { weightDecay: 0, clipNorm: null },
    { weightDecay: 0.5, clipNorm: 0.1 },
  ])('follows the float64 algorithm for 20 steps with %o', async (options) => {
    const expected = runInFloat64(options);
    const actual = await trained(options);
    let largest = 0;
    for (const [name, data] of actual) {
      for (let i = 0; i < data.length; i++)
        largest = Math.max(largest, Math.abs(data[i]! - expected.get(name)![i]!));
    }
    // Weights and their changes are of order 0.1 and the updates are a dozen f32 operations each.
    expect(largest).toBeLessThan(2e-6);
    expect(largest).toBeGreaterThan(0);
  });
});

const forms = ['f32', 'mixed'] as const;
const cases = testBackends.flatMap((backend) => forms.map((moments) => ({ backend, moments })));

describe.each(cases)('AdamW with $moments moments on $backend', ({ backend, moments }) => {
  beforeAll(() => useBackend(backend));

  it('gives the bits of cpu, or on GPU hardware the same bits twice', async () => {
    const actual = await trained({ moments });
    if (backend === 'wasm' || (backend === 'webgpu' && gpuSession()!.software)) await useBackend('cpu');
    const other = await trained({ moments });
    await useBackend(backend);
    for (const [name, data] of actual) expect(bitsOf(data)).toEqual(bitsOf(other.get(name)!));
  });

  it('returns the norm before clipping', async () => {
    const parameters = toVariables(weights());
    const optimizer = createAdamW(parameters, { moments, clipNorm: 0.001 });
    const [norm] = await run(parameters, optimizer, 0, 1);
    let squares = 0;
    for (const g of gradientsAt(0).values()) for (const value of g) squares += value * value;
    expect(norm! / Math.sqrt(squares)).toBeCloseTo(1, 5);
    optimizer.dispose();
    disposeAll(parameters);
  });

  it('continues after restore to the bits of the uninterrupted run', async () => {
    await expectNoLeaks(async () => {
      const parameters = toVariables(weights());
      const optimizer = createAdamW(parameters, { moments });
      await run(parameters, optimizer, 0, 5);
      const state = await optimizer.state();
      const copies = toVariables(await readAll(parameters));
      await run(parameters, optimizer, 5, 4);

      const fresh = createAdamW(copies, { moments });
      fresh.restore(state);
      expect(fresh.stepCount).toBe(5);
      await run(copies, fresh, 5, 4);
      const [expected, actual] = [await readAll(parameters), await readAll(copies)];
      for (const [name, data] of actual) expect(bitsOf(data)).toEqual(bitsOf(expected.get(name)!));
      const [expectedState, actualState] = [await optimizer.state(), await fresh.state()];
      expect(actualState).toEqual(expectedState);
      for (const made of [optimizer, fresh]) made.dispose();
      disposeAll(parameters);
      disposeAll(copies);
    });
  });

  it('keeps tensors and bytes constant over 200 steps', async () => {
    const parameters = toVariables(weights());
    const optimizer = createAdamW(parameters, { moments });
    await run(parameters, optimizer, 0, 2);
    const before = { ...memory(), allocated: gpuBytes(backend) };
    await run(parameters, optimizer, 2, 200);
    const after = { ...memory(), allocated: gpuBytes(backend) };
    expect([after.numTensors, after.numBytes]).toEqual([before.numTensors, before.numBytes]);
    expect(after.allocated).toBe(before.allocated);
    optimizer.dispose();
    disposeAll(parameters);
  });

  it.each([NaN, Infinity])('leaves weights and moments alone when a gradient is %s', async (bad) => {
    const parameters = toVariables(weights());
    const optimizer = createAdamW(parameters, { moments });
    await run(parameters, optimizer, 0, 2);
    const [before, stateBefore] = [await readAll(parameters), await optimizer.state()];
    const values = gradientsAt(7);
    values.get('large')![1234] = bad;
    const gradients = toTensors(values);
    const norm = optimizer.step(gradients, 0.01);
    expect((await readFloats(norm))[0]).toBeNaN();
    expect(optimizer.stepCount).toBe(3);
    expect(await readAll(parameters)).toEqual(before);
    const stateAfter = await optimizer.state();
    stateBefore.delete('step');
    stateAfter.delete('step');
    expect(stateAfter).toEqual(stateBefore);
    norm.dispose();
    disposeAll(gradients);
    optimizer.dispose();
    disposeAll(parameters);
  });

  it('takes gradients as a record', async () => {
    const parameters = toVariables(weights());
    const optimizer = createAdamW(parameters, { moments });
    const gradients = toTensors(gradientsAt(0));
    const norm = optimizer.step(Object.fromEntries(gradients), 0.01);
    const result = await readAll(parameters);
    const other = toVariables(weights());
    const optimizerOfMap = createAdamW(other, { moments });
    optimizerOfMap.step(gradients, 0.01).dispose();
    expect(await readAll(other)).toEqual(result);
    norm.dispose();
    for (const tensors of [gradients, parameters, other]) disposeAll(tensors);
    optimizer.dispose();
    optimizerOfMap.dispose();
  });
});

function gpuBytes(backend: string): number {
  return backend === 'webgpu' ? gpuSession()!.backend.bufferManager.numBytesAllocated : 0;
}
