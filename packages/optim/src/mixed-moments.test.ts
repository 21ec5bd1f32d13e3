import { tensor1d, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  seededRandom,
} from '@nibble-ml/testing';
import { testBackends, useBackend } from '@nibble-ml/testing';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StateTensor } from './adamw-state.ts';
import { createAdamW } from './create-adamw.ts';

const rate = 0.01;

interface Run {
  readonly weights: Float32Array;
  readonly state: ReadonlyMap<string, StateTensor>;
}

/** Trains one tensor from zeros on the given gradients, without decay and clipping. */
async function trained(gradients: readonly Float32Array[], moments: 'f32' | 'mixed'): Promise<Run> {
  return expectNoLeaks(async () => {
    const w = zeroVariable(gradients[0]!.length);
    const optimizer = createAdamW(new Map([['w', w]]), { moments, weightDecay: 0, clipNorm: null });
    for (const values of gradients) {
      const gradient = tensor1d(values.slice(), 'float32');
      optimizer.step({ w: gradient }, rate).dispose();
      gradient.dispose();
    }
    const weights = (await readFloats(w)).slice();
    const state = await optimizer.state();
    optimizer.dispose();
    w.dispose();
    return { weights, state };
  });
}

function zeroVariable(size: number): Variable {
  const initial: Tensor = tensor1d(new Float32Array(size));
  const made = variable(initial);
  initial.dispose();
  return made;
}

/** Moments of element i by the definition of the formats, in float64: with the scales that the bounds give. */
function decoded(state: ReadonlyMap<string, StateTensor>, i: number): { m: number; v: number } {
  const [M, V] = state.get('w.exp_avg_bounds')!.data as Float32Array;
  const byte = (state.get('w.exp_avg')!.data[i >> 2]! >>> (8 * (i & 3))) & 0xff;
  const half = (state.get('w.exp_avg_sq')!.data[i >> 1]! >>> (16 * (i & 1))) & 0xffff;
  const scale = (bound: number, top: number): number =>
    2 ** Math.max(-100, bound === 0 ? -100 : Math.floor(Math.log2(bound)) + 1 - top);
  const value = (code: number, bits: number, bias: number): number => {
    const [field, mantissa] = [code >> bits, (code % 2 ** bits) / 2 ** bits];
    return field === 0 ? mantissa * 2 ** (1 - bias) : (1 + mantissa) * 2 ** (field - bias);
  };
  const sign = byte >= 0x80 ? -1 : 1;
  return { m: sign * value(byte & 0x7f, 3, 7) * scale(M!, 8), v: value(half, 10, 15) * scale(V!, 15) };
}

describe.each(testBackends)('mixed moments on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('are those of float64 within the rounding of the formats after a step', async () => {
    const gradient = normalFloats(1031, 5);
    const { state } = await trained([gradient], 'mixed');
    const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    for (const [i, g] of gradient.entries()) {
      const { m, v } = decoded(state, i);
      // Half a unit in the last place, or of the smallest subnormal: its scale is the largest moment / 128 at most.
      expect(Math.abs(m - 0.1 * g)).toBeLessThanOrEqual(
        Math.max(Math.abs(0.1 * g) * (2 ** -4 + 1e-6), (0.1 * largest * 2 ** -7 * 2 ** -9) / 2),
      );
      expect(Math.abs(v - 0.05 * g * g)).toBeLessThanOrEqual(
        Math.max(0.05 * g * g * (2 ** -11 + 1e-6), 0.05 * largest ** 2 * 2 ** -14 * 2 ** -24),
      );
    }
  });

  it('change the first step by nothing', async () => {
    const gradient = normalFloats(517, 8, 3);
    const [mixed, float] = [await trained([gradient], 'mixed'), await trained([gradient], 'f32')];
    expect(bitsOf(mixed.weights)).toEqual(bitsOf(float.weights));
  });

  it('have the bits of cpu, over gradients of any size, padding included', async () => {
    const isExact = backend !== 'webgpu' || gpuSession()!.software;
    const sizes = fc.integer({ min: 1, max: 40 });
    const gradient = (size: number): fc.Arbitrary<Float32Array> =>
      fc.float32Array({ minLength: size, maxLength: size, min: -1e6, max: 1e6, noNaN: true });
    const runs = sizes.chain((size) => fc.array(gradient(size), { minLength: 1, maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(runs, async (gradients) => {
        const found = await trained(gradients, 'mixed');
        await useBackend(isExact ? 'cpu' : backend);
        const wanted = await trained(gradients, 'mixed');
        await useBackend(backend);
        expect(bitsOf(found.weights)).toEqual(bitsOf(wanted.weights));
        expect(found.state).toEqual(wanted.state);
      }),
      { seed: 11, numRuns: 25 },
    );
  });

  it('never lose a second moment, so that no step is far beyond the learning rate', async () => {
    // Squares from 1 down to 1e-36, far below the smallest binary16 number of a tensor with one scale.
    const base = Float32Array.from({ length: 73 }, (_, i) => 10 ** (-i / 4));
    const gradients = Array.from({ length: 31 }, (_, step) => (step === 0 ? base : new Float32Array(73)));
    const { weights, state } = await trained(gradients, 'mixed');
    for (let i = 0; i < base.length; i++) {
      expect(decoded(state, i).v).toBeGreaterThan(0);
      // Adam's bound: the sum of 31 steps with one gradient is at most a few learning rates.
      expect(Math.abs(weights[i]!)).toBeLessThan(31 * rate);
    }
  });

  it('keep a first moment of 2⁻¹⁴ of the largest, and forget one of 2⁻²²', async () => {
    const { state } = await trained([Float32Array.of(1, 2 ** -14, 2 ** -22)], 'mixed');
    expect(decoded(state, 0).m).toBeCloseTo(0.1, 2);
    expect(Math.abs(decoded(state, 1).m / (0.1 * 2 ** -14) - 1)).toBeLessThanOrEqual(2 ** -4 + 1e-6);
    expect(decoded(state, 2).m).toBe(0);
  });

  it('take 3 bytes for a parameter', async () => {
    const { state } = await trained([normalFloats(4000, 1)], 'mixed');
    const bytes = ['w.exp_avg', 'w.exp_avg_sq'].reduce(
      (sum, name) => sum + state.get(name)!.data.byteLength,
      0,
    );
    expect(bytes).toBe(3 * 4000);
  });
});

describe('mixed moments', () => {
  beforeAll(() => useBackend('cpu'));

  it('train a noisy least-squares problem like float32 ones', async () => {
    const float = await regressionLosses('f32');
    const mixed = await regressionLosses('mixed');
    const mean = (losses: readonly number[]): number =>
      losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(mean(float.slice(-50))).toBeLessThan(0.02 * float[0]!);
    // Every stretch of 50 steps of the curve is within 3 % of the float32 one.
    for (let start = 0; start < 400; start += 50) {
      const [a, b] = [mean(mixed.slice(start, start + 50)), mean(float.slice(start, start + 50))];
      expect(Math.abs(a / b - 1)).toBeLessThan(0.03);
    }
    expect(mixed).not.toEqual(float);
  });

  it('refuse the state of float32 ones, and the other way round', async () => {
    const make = (moments: 'f32' | 'mixed') => createAdamW(new Map([['w', zeroVariable(5)]]), { moments });
    const [float, mixed] = [make('f32'), make('mixed')];
    const [floatState, mixedState] = [await float.state(), await mixed.state()];
    expect(() => mixed.restore(floatState)).toThrow(
      new TypeError(
        'restore: w.exp_avg must be int32, but got float32; pass what state() of an optimizer with these options returned',
      ),
    );
    expect(() => float.restore(mixedState)).toThrow(
      new TypeError(
        'restore: w.exp_avg must be float32, but got int32; pass what state() of an optimizer with these options returned',
      ),
    );
    const bounds = { shape: [2], dtype: 'float32', data: Float32Array.of(NaN, 0) } as const;
    expect(() => mixed.restore(new Map(mixedState).set('w.exp_avg_bounds', bounds))).toThrow(
      new RangeError(
        'restore: w.exp_avg_bounds must be finite and at least 0, but got NaN, 0; pass what state() returned',
      ),
    );
    expect(await mixed.state()).toEqual(mixedState);
  });
});

/** Losses of 400 steps of least squares on noisy batches of 8 examples with 24 features of very different sizes. */
async function regressionLosses(moments: 'f32' | 'mixed'): Promise<number[]> {
  const random = seededRandom(3);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const target = Array.from({ length: 24 }, normal);
  const w = zeroVariable(24);
  const optimizer = createAdamW(new Map([['w', w]]), { moments, weightDecay: 0 });
  const losses: number[] = [];
  for (let step = 0; step < 400; step++) {
    const weights = await w.data();
    const gradient = new Float32Array(24);
    let loss = 0;
    for (let example = 0; example < 8; example++) {
      const x = target.map((_, i) => normal() * 4 ** (-i / 8));
      const residual = x.reduce((sum, xi, i) => sum + xi * (weights[i]! - target[i]!), 0.1 * normal());
      loss += residual ** 2 / 8;
      x.forEach((xi, i) => (gradient[i]! += (2 * residual * xi) / 8));
    }
    losses.push(loss);
    const g = tensor1d(gradient);
    optimizer.step({ w: g }, 0.05 * (1 - step / 400)).dispose();
    g.dispose();
  }
  optimizer.dispose();
  w.dispose();
  return losses;
}
