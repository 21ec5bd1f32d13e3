import { backend } from '@tensorflow/tfjs-core';
import { testBackends, useBackend } from '@nibble-ml/testing';
import { withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { llamaWasm } from './llama-wasm.ts';

const COUNT = 100_000;

/** Greatest error of a function of the module, in units of the last place of the exact value. */
function greatestError(
  name: 'expValues' | 'logValues',
  exact: (x: number) => number,
  least: number,
  greatest: number,
): number {
  const wasm = backend() as unknown as WasmBackend;
  return withScratch(wasm, COUNT * 4, (at) => {
    const values = (): Float32Array => new Float32Array(wasm.wasm.asm.memory.buffer, at, COUNT);
    const inputs = Float32Array.from({ length: COUNT }, (_, i) => least + ((greatest - least) * i) / COUNT);
    values().set(inputs);
    llamaWasm(wasm)[name](at, at, COUNT);
    let worst = 0;
    for (const [i, value] of values().entries()) {
      const expected = exact(inputs[i]!);
      const ulp = 2 ** (Math.floor(Math.log2(Math.abs(expected))) - 23);
      worst = Math.max(worst, Math.abs(value - expected) / ulp);
    }
    return worst;
  });
}

describe.skipIf(!testBackends.includes('wasm'))('the WebAssembly module', () => {
  beforeAll(() => useBackend('wasm'));

  it('has exp within 2 ulp', () => {
    expect(greatestError('expValues', Math.exp, -87.3, 88)).toBeLessThan(2);
    expect(greatestError('expValues', Math.exp, -1, 1)).toBeLessThan(2);
  });
  it('has log within 2 ulp from 1 on, as sums of exponentials are', () => {
    expect(greatestError('logValues', Math.log, 1.01, 3)).toBeLessThan(2);
    expect(greatestError('logValues', Math.log, 3, 1e6)).toBeLessThan(2);
  });
});
