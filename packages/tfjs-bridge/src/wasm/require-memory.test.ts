import { memory, tensor1d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { openWasm } from './open-wasm.ts';
import { WasmMemoryError } from './require-memory.ts';

describe('WebAssembly memory that is full', () => {
  it('is an error, and leaves what is there as it was', async () => {
    const backend = await openWasm();
    const kept = tensor1d([1, 2, 3]);
    const { numTensors } = memory();
    // More than 32-bit addresses reach, in pieces that would each fit.
    const hoard = (): never => {
      const taken: number[] = [];
      try {
        for (;;) taken.push(backend.wasm._malloc(2 ** 30));
      } finally {
        for (const offset of taken) backend.wasm._free(offset);
      }
    };
    expect(hoard).toThrow(WasmMemoryError);
    expect(hoard).toThrow(/1,073,741,824 bytes more .* take a smaller batch, context or model/);
    expect(Array.from(await kept.data())).toEqual([1, 2, 3]);
    const after = zeros([4]);
    expect(Array.from(await after.data())).toEqual([0, 0, 0, 0]);
    expect(memory().numTensors).toBe(numTensors + 1);
    after.dispose();
    kept.dispose();
  });
});
