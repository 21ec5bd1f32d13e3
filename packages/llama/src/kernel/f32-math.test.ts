import { backend, engine, tensor1d } from '@tensorflow/tfjs-core';
import { gpuSession, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { runProgram } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSameBits } from '../../test/expect-same-bits.ts';
import { expF32, EXP_GREATEST, EXP_LEAST, logF32, LOG2_E } from './f32-math.ts';
import { gpuResult } from './gpu-result.ts';
import { llamaWasm } from './llama-wasm.ts';
import { THREAD_MAIN, threadGrid } from './wgsl.ts';
import { EXP1_WGSL, EXP2_WGSL, EXP4_WGSL, LOG1_WGSL } from './wgsl-math.ts';

const COUNT = 200_000;

function sweep(least: number, greatest: number): Float32Array {
  return Float32Array.from({ length: COUNT }, (_, i) => least + ((greatest - least) * i) / (COUNT - 1));
}

/** Arguments whose product with log2(e) rounds to a half, where rounding to even decides, and their neighbours. */
function halves(): number[] {
  const found: number[] = [];
  const float = new Float32Array(1);
  const bits = new Int32Array(float.buffer);
  for (let k = -125; k < 127; k++) {
    float[0] = (k + 0.5) / LOG2_E;
    const middle = bits[0]!;
    for (let step = -2; step <= 2; step++) {
      bits[0] = middle + step;
      if (Math.fround(float[0]! * LOG2_E) === k + 0.5) found.push(float[0]!);
    }
  }
  return found;
}

const EXP_EDGES = [0, -0, 1e-30, -1e-40, EXP_LEAST, EXP_GREATEST, -87.336548, -1e30, 1e30, -103, 89];
// Powers of two, where the exponent steps, and the bounds of the mantissa.
const LOG_EDGES = [
  2 ** -126,
  0.99999994,
  1,
  1.0000001,
  3.4e38,
  ...[0.5, 2].flatMap((square) => {
    const root = Math.fround(Math.sqrt(square));
    return [root - 2 ** -24, root, root + 2 ** -23];
  }),
];

const EXP_INPUTS = Float32Array.from([...EXP_EDGES, ...halves(), ...sweep(-90, 90), ...sweep(-1, 1)]);
const LOG_INPUTS = Float32Array.from([...LOG_EDGES, ...sweep(0.5, 4), ...sweep(4, 1e6)]);

/** Greatest error of values, in units of the last place of the exact value. */
function greatestUlps(inputs: Float32Array, values: Float32Array, exact: (x: number) => number): number {
  let worst = 0;
  for (let i = 0; i < inputs.length; i++) {
    const expected = exact(inputs[i]!);
    const ulp = 2 ** (Math.floor(Math.log2(Math.abs(expected))) - 23);
    worst = Math.max(worst, Math.abs(values[i]! - expected) / ulp);
  }
  return worst;
}

describe('expF32 and logF32', () => {
  it('have exp within 2 ulp', () => {
    for (const inputs of [sweep(-87.3, 88), sweep(-1, 1)]) {
      expect(greatestUlps(inputs, inputs.map(expF32), Math.exp)).toBeLessThan(2);
    }
  });
  it('have log within 2 ulp from 1 on, as sums of exponentials are', () => {
    for (const inputs of [sweep(1.01, 3), sweep(3, 1e6)]) {
      expect(greatestUlps(inputs, inputs.map(logF32), Math.log)).toBeLessThan(2);
    }
  });
  it('end where exp would be subnormal or infinite', () => {
    expect([EXP_LEAST - 1e-5, -1e30, NaN].map(expF32)).toEqual([0, 0, 0]);
    expect(expF32(EXP_LEAST)).toBeGreaterThanOrEqual(2 ** -126);
    expect(expF32(1e30)).toBe(expF32(EXP_GREATEST));
  });
  it('round halves to even in the argument reduction', () => {
    expect(halves().length).toBeGreaterThan(100);
  });
});

describe.skipIf(!testBackends.includes('wasm'))('exp and log in WebAssembly', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([
    ['expValues' as const, EXP_INPUTS, expF32],
    ['logValues' as const, LOG_INPUTS, logF32],
  ])('%s has the bits of the definition', (name, inputs, definition) => {
    const wasm = backend() as unknown as WasmBackend;
    const count = inputs.length + (-inputs.length & 3);
    const values = withScratch(wasm, count * 4, (at) => {
      new Float32Array(wasm.wasm.asm.memory.buffer, at, count).set(inputs);
      llamaWasm(wasm)[name](at, at, count);
      return new Float32Array(wasm.wasm.asm.memory.buffer, at, inputs.length).slice();
    });
    expectSameBits(values, inputs.map(definition));
  });
});

describe.skipIf(!testBackends.includes('webgpu'))('exp and log in WGSL', () => {
  beforeAll(() => useBackend('webgpu'));

  it.for([
    ['exp1', EXP1_WGSL, 'exp1(x)', EXP_INPUTS, expF32],
    ['exp2lanes', EXP2_WGSL, 'exp2lanes(vec2f(-3.0, x)).y', EXP_INPUTS, expF32],
    ['exp4', EXP4_WGSL, 'exp4(vec4f(0.25, x, -3.0, x)).y', EXP_INPUTS, expF32],
    ['log1', LOG1_WGSL, 'log1(x)', LOG_INPUTS, logF32],
  ] as const)(
    '%s has the bits of the definition',
    async ([name, wgsl, call, inputs, definition], { skip }) => {
      skip(!gpuSession()!.software, 'hardware may fuse a multiply and an add, or approximate');
      const gpu = backend() as unknown as GpuBackend;
      const x = tensor1d(inputs);
      const info = gpuResult(gpu, [inputs.length]);
      runProgram(gpu, {
        name,
        wgsl: `
@group(0) @binding(0) var<storage, read> inputs: array<f32>;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
${wgsl}
${THREAD_MAIN}
  if (index >= arrayLength(&inputs)) { return; }
  let x = inputs[index];
  values[index] = ${call};
}`,
        inputs: [x],
        outputs: [info],
        workgroups: threadGrid(inputs.length),
      });
      const result = engine().makeTensorFromTensorInfo(info);
      const values = await readFloats(result);
      expectSameBits(values, inputs.map(definition));
      x.dispose();
      result.dispose();
    },
  );
});
