import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { expectNoLeaks, normalFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLinears } from '../create-linears.ts';
import { findRecipe } from '../find-recipe.ts';

const [M, K, N] = [6, 128, 16];
// Heavy tails, so that clamping has something to cut off.
const x = normalFloats(M * K, 1).map((value) => value * Math.abs(value));
const w = normalFloats(N * K, 2, 0.02);
const SITE = { role: 'fc1', block: 0 } as const;
const model = { blocks: 1, inFeatures: { qkv: K, o: K, fc1: K, fc2: K, head: K } };

/** Between them every way that an operand is rounded. */
const names = [
  'f32',
  'bf16',
  'fp4-paper',
  'fp4-direct',
  'fp4-tensorwise',
  'fp4-occ-alpha0.95bare',
  'w8a4-occ',
  'int4-channel',
  'mxfp4',
  'nvfp4',
  'quartet',
];

interface ReadOperands {
  readonly product: Float32Array;
  readonly activations: Float32Array;
  readonly weights: Float32Array;
  readonly wExact: Float32Array;
  readonly indices: Int32Array;
  readonly residual: Float32Array;
  readonly isCompensated: boolean;
}

async function read(name: string): Promise<ReadOperands> {
  const linears = createLinears(findRecipe(name), { steps: 10, model });
  const [xMK, wNK] = [tensor2d(x, [M, K]), tensor2d(w, [N, K])];
  let isAdded = false;
  const tensors = tidy(() => {
    const yMN = linears.linear(xMK, wNK, SITE);
    const { activations, weights, residual, isCompensated } = linears.operands(xMK, wNK, SITE);
    isAdded = isCompensated;
    const { indices, values } = residual ?? {
      indices: tensor2d([[0]], [1, 1], 'int32'),
      values: tensor2d([[0]]),
    };
    const all: Tensor[] = [yMN, activations.rounded, weights.rounded, weights.exact, indices, values];
    return all.map((each) => each.clone()) as Tensor2D[];
  });
  const data: (Float32Array | Int32Array)[] = [];
  for (const tensor of [...tensors, xMK, wNK]) {
    data.push((await tensor.data<'float32'>()).slice());
    tensor.dispose();
  }
  linears.dispose();
  return {
    product: data[0] as Float32Array,
    activations: data[1] as Float32Array,
    weights: data[2] as Float32Array,
    wExact: data[3] as Float32Array,
    indices: data[4] as Int32Array,
    residual: data[5] as Float32Array,
    isCompensated: isAdded,
  };
}

/** The product of what was handed out, in float64. */
function productOf({
  activations,
  weights,
  wExact,
  indices,
  residual,
  isCompensated,
}: ReadOperands): number[] {
  const cols = weights.length / N;
  const width = residual.length / M;
  return Array.from({ length: M * N }, (_, i) => {
    const [m, n] = [Math.floor(i / N), i % N];
    let sum = 0;
    for (let k = 0; k < cols; k++) sum += activations[m * cols + k]! * weights[n * cols + k]!;
    for (let slot = m * width; slot < (isCompensated ? m + 1 : m) * width; slot++) {
      sum += residual[slot]! * wExact[n * cols + indices[slot]!]!;
    }
    return sum;
  });
}

describe.each(testBackends)('Linears.operands on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(names)('are what the linear layer of %s multiplies', async (name) => {
    const operands = await expectNoLeaks(() => read(name));
    const wanted = productOf(operands);
    const worst = Math.max(...operands.product.map((y, i) => Math.abs(y - wanted[i]!)));
    expect(worst).toBeLessThan(2e-5);
    expect(Math.max(...wanted.map(Math.abs))).toBeGreaterThan(0.1);
  });

  it('have what clamping cut off, added back or not', async () => {
    for (const [name, isCompensated] of [
      ['fp4-occ-alpha0.95', true],
      ['fp4-occ-alpha0.95bare', false],
    ] as const) {
      const operands = await read(name);
      expect(operands.isCompensated).toBe(isCompensated);
      expect(operands.residual.filter((value) => value !== 0).length).toBeGreaterThan(M);
    }
    expect((await read('fp4-direct')).residual).toEqual(new Float32Array(1));
  });
});
