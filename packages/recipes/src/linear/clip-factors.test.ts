import { grads, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { fakeQuantize, INT4 } from '@nibble-ml/fp4-format';
import { expectNoLeaks, normalFloats, readFloats, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLinears } from '../create-linears.ts';
import { findRecipe } from '../find-recipe.ts';
import { createClipFactors, INITIAL_CLIP } from './clip-factors.ts';
import type { LinearModel } from './clip-factors.ts';

const [M, K, N] = [9, 600, 4];
const MODEL: LinearModel = { blocks: 2, inFeatures: { qkv: 256, o: 257, fc1: 100, fc2: K, head: 7 } };
const x = normalFloats(M * K, 1);
const w = normalFloats(N * K, 2, 0.02);
const dy = normalFloats(M * N, 3);

beforeAll(() => useBackend('cpu'));

describe('createClipFactors', () => {
  it('makes one factor for each group of a row, in every block', async () => {
    await expectNoLeaks(async () => {
      const factors = createClipFactors(findRecipe('int4-g256-fc2a8'), MODEL);
      const shapes = [...factors].map(([name, { shape }]) => `${name} [${shape.join()}]`);
      expect(shapes).toEqual(
        [0, 1].flatMap((block) =>
          ['qkv.clip [1]', 'o.clip [2]', 'fc1.clip [1]'].map((rest) => `blocks.${block}.${rest}`),
        ),
      );
      for (const values of factors.values()) {
        expect(
          [...(await readFloats(values))].every((factor) => Math.abs(factor - INITIAL_CLIP) < 1e-6),
        ).toBe(true);
        values.dispose();
      }
    });
  });

  it('makes none where none are learned, and asks for the model where some are', () => {
    expect(createClipFactors(findRecipe('int4-g128'), undefined).size).toBe(0);
    expect(() => createLinears(findRecipe('fp4-channel'))).toThrow(
      /fp4-channel learns clip factors, so the shape of the model must be given/,
    );
  });
});

describe('the gradient of learned clip factors', () => {
  it('is the slope of the loss where rounding passes straight through', async () => {
    const site = { role: 'fc2', block: 1 } as const;
    const linears = createLinears(findRecipe('int4-g256'), { model: MODEL });
    const clip = linears.parameters.get('blocks.1.fc2.clip')!;
    const start = Float32Array.of(0.9, 0.6, 0.3);
    tidy(() => clip.assign(tensor1d(start)));
    const tensors = [tensor2d(x, [M, K]), tensor2d(w, [N, K]), clip as Tensor];
    const dyMN = tensor2d(dy, [M, N]);
    const linear = (a: Tensor, b: Tensor): Tensor => linears.linear(a as Tensor2D, b as Tensor2D, site);
    const [dx, dw, dclip] = tidy(() => grads(linear as (...all: Tensor[]) => Tensor)(tensors, dyMN));
    const got = await readFloats(dclip!);
    const step = 1e-3;
    for (const group of start.keys()) {
      const moved = (by: number): number =>
        straightThroughLoss(
          start,
          start.map((factor, i) => (i === group ? factor + by : factor)),
        );
      const slope = (moved(step) - moved(-step)) / (2 * step);
      expect(Math.abs(got[group]! / slope - 1)).toBeLessThan(1e-3);
    }
    for (const tensor of [...tensors.slice(0, 2), dyMN, dx!, dw!, dclip!]) tensor.dispose();
    linears.dispose();
  });
});

/**
 * The sum of dy ⊙ (X̂ · Ŵᵀ) in float64 where X̂ goes on from its value at the factors `start`: what is rounded keeps its
 * distance from the integer, in units of the scale, and what is clamped stays clamped.
 */
function straightThroughLoss(start: Float32Array, factors: Float32Array): number {
  const wq = fakeQuantize(w, N, K, { format: INT4, granularity: { block: 256 } });
  const groups = Math.ceil(K / 256);
  const unit = (row: number, group: number): number => {
    const block = x.subarray(row * K + group * 256, row * K + Math.min(K, (group + 1) * 256));
    return block.reduce((amax, value) => Math.max(amax, Math.abs(value)), 0) / 8;
  };
  let sum = 0;
  for (let row = 0; row < M; row++) {
    const units = Array.from({ length: groups }, (_, group) => unit(row, group));
    for (let k = 0; k < K; k++) {
      const group = Math.floor(k / 256);
      const value = x[row * K + k]!;
      const quotient = value / (start[group]! * units[group]!);
      const whole = Math.round(quotient);
      const scale = Math.fround(factors[group]!) * units[group]!;
      const clamped = Math.min(7, Math.max(-8, whole));
      const xq = whole === clamped ? value + scale * (whole - quotient) : scale * clamped;
      for (let n = 0; n < N; n++) sum += dy[row * N + n]! * xq * wq[n * K + k]!;
    }
  }
  return sum;
}
