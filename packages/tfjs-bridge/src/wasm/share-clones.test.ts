import { clone, memory, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openWasm } from './open-wasm.ts';
import { heapOffset } from './wasm-backend.ts';
import type { WasmBackend } from './wasm-backend.ts';

const skip = (process.env['NIBBLE_SKIP_BACKENDS'] ?? '').split(',').includes('wasm');

describe.skipIf(skip)('shareClones', () => {
  let backend: WasmBackend;
  beforeAll(async () => {
    backend = await openWasm();
  });

  it('lets a clone share its data, which lives as long as either', async () => {
    const before = memory();
    const original = tensor1d([1, 2, 3]);
    const copy = clone(original);
    expect(heapOffset(backend, copy)).toBe(heapOffset(backend, original));
    expect(memory().numDataBuffers).toBe(before.numDataBuffers + 1);
    original.dispose();
    tensor1d([7, 8, 9]).dispose();
    expect([...(await copy.data())]).toEqual([1, 2, 3]);
    copy.dispose();
    expect(memory()).toMatchObject({ numTensors: before.numTensors, numDataBuffers: before.numDataBuffers });
  });

  it('may be called again', async () => {
    await openWasm();
    const [first, second] = [tensor1d([4]), tensor1d([5])];
    const copy = clone(first);
    first.dispose();
    expect([...(await copy.data()), ...(await second.data())]).toEqual([4, 5]);
    copy.dispose();
    second.dispose();
  });
});
