import { grads, tensor2d, tidy, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import type { TestBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { layerReference } from '../test/layer-reference.ts';
import type { LayerProducts } from '../test/layer-reference.ts';
import { matrix, multiply, transposed, worstError } from '../test/matrix.ts';
import { createLinears } from './create-linears.ts';
import type { Linears } from './create-linears.ts';
import { findRecipe } from './find-recipe.ts';
import { layerAt } from './layer-at.ts';
import { INITIAL_CLIP } from './linear/clip-factors.ts';
import type { LinearModel } from './linear/clip-factors.ts';
import type { LinearSite } from './linear/linear-op.ts';
import { gemmKinds, productPrecision } from './product-precision.ts';
import type { Recipe } from './recipe.ts';
import { recipes } from './recipes.ts';
import { gradientFormats } from './with-gradients.ts';

// K is no multiple of 16, 32, 64 or 128, M and N of nothing: blocks and transforms have rests.
const [M, K, N] = [19, 136, 23];
const x = heavyTailed(M * K, 1);
const w = normalFloats(N * K, 2, 0.02);
const dy = normalFloats(M * N, 3);
const SEED = 5;
const STEPS = 100;
const MODEL: LinearModel = { blocks: 7, inFeatures: { qkv: K, o: K, fc1: K, fc2: K, head: K } };

/** Errors of a product, as a share of its largest value, that rounding the shared gradient must and may cause. */
const gradientErrors = {
  f32: [0, 1e-5],
  perProduct: [0, 1e-5],
  bf16: [1e-4, 0.02],
  int8: [1e-4, 0.03],
  e5m2: [1e-3, 0.1],
  nvfp4: [1e-2, 0.3],
} as const;

const variants: readonly string[] = [
  ...gradientFormats.map((format) => `fp4-paper-${format}`),
  ...gradientFormats.map((format) => `w8a4-occ-${format}`),
  'fp4-g32-k5',
  'mxfp4-k3',
  'fp4-g64-int8',
  'nvfp4-f32',
  'fp4-paper-alpha0.9',
  'fp4-paper-alpha0.9bare',
  'w16a4-alpha0.97',
  'int4-channel-w16a4',
  'fp4-g32-w4a16',
];
const FC1: LinearSite = { role: 'fc1', block: 0 };

interface Case {
  readonly name: string;
  readonly recipe: Recipe;
  readonly site: LinearSite;
  readonly stepsDone: number;
}

const cases: readonly Case[] = [
  ...[...recipes, ...variants.map(findRecipe)].map((recipe): Case => {
    return { name: recipe.name, recipe, site: FC1, stepsDone: 0 };
  }),
  ...recipes
    .filter(({ overrides }) => overrides.length > 0)
    .map((recipe): Case => {
      return {
        name: `${recipe.name} in the last fc2`,
        recipe,
        site: { role: 'fc2', block: 6 },
        stepsDone: 0,
      };
    }),
  { name: 'nvfp4 late', recipe: findRecipe('nvfp4'), site: FC1, stepsDone: 82 },
];

interface Results {
  readonly y: Float32Array;
  readonly dx: Float32Array;
  readonly dw: Float32Array;
  /** Of the learned clip factors; empty without. */
  readonly dclip: Float32Array;
}

const wanted = new Map<string, LayerProducts>();
const found = new Map<string, Map<TestBackend, Results>>();

function open(recipe: Recipe): Linears {
  return createLinears(recipe, { seed: SEED, steps: STEPS, model: MODEL });
}

function layerOf({ recipe, site, stepsDone }: Case) {
  return layerAt(recipe, site, { blocks: MODEL.blocks, isLate: stepsDone > 0 });
}

/** Output and gradients of one layer. */
async function runLayer({ recipe, site, stepsDone }: Case): Promise<Results> {
  const linears = open(recipe);
  if (stepsDone > 0) linears.weightsChanged(stepsDone);
  const [xMK, wNK, dyMN] = [tensor2d(x, [M, K]), tensor2d(w, [N, K]), tensor2d(dy, [M, N])];
  const clip = linears.parameters.get(`blocks.${site.block}.${site.role}.clip`);
  const linear = (a: Tensor, b: Tensor): Tensor => linears.linear(a as Tensor2D, b as Tensor2D, site);
  const y = tidy(() => linear(xMK, wNK));
  const all = clip === undefined ? [xMK, wNK] : [xMK, wNK, clip as Tensor];
  const gradients = tidy(() => grads(linear as (...tensors: Tensor[]) => Tensor)(all, dyMN));
  const [dx, dw, dclip] = await Promise.all(gradients.map(async (each) => (await readFloats(each)).slice()));
  const results = { y: (await readFloats(y)).slice(), dx: dx!, dw: dw!, dclip: dclip ?? new Float32Array() };
  for (const tensor of [xMK, wNK, dyMN, y, ...gradients]) tensor.dispose();
  linears.dispose();
  return results;
}

beforeAll(async () => {
  await useBackend('cpu');
  for (const each of cases) {
    const layer = layerOf(each);
    const { activations } = layer;
    const isLearned = 'clip' in activations && activations.clip !== null;
    const { granularity } = activations as { granularity?: { block?: number } };
    const groups = isLearned ? Math.ceil(K / (granularity?.block ?? K)) : 0;
    const products = layerReference(layer, {
      x: matrix(x, M, K),
      w: matrix(w, N, K),
      dy: matrix(dy, M, N),
      clip: isLearned ? new Float32Array(groups).fill(INITIAL_CLIP) : undefined,
      seed: SEED,
      step: each.stepsDone,
    });
    wanted.set(each.name, products);
  }
});

describe.each(testBackends)('createLinears on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(cases)('$name: products as defined, and with the bits of cpu', async (each) => {
    const got = await expectNoLeaks(() => runLayer(each));
    const want = wanted.get(each.name)!;
    const [least, most] = gradientErrors[layerOf(each).gradients.format];
    expect(worstError(got.y, want.y)).toBeLessThan(1e-5);
    const dxError = worstError(got.dx, want.dx);
    expect(dxError).toBeLessThan(most);
    expect(dxError).toBeGreaterThanOrEqual(least);
    // The surrogate's derivative is ill-conditioned next to the middle of an interval, where the clip acts.
    expect(worstError(got.dw, want.dw)).toBeLessThan(most + 2e-4);
    expect(worstError(got.dclip, matrix(want.dclip, 1, want.dclip.length))).toBeLessThan(1e-4);
    const byBackend = found.get(each.name) ?? new Map<TestBackend, Results>();
    found.set(each.name, byBackend.set(backend, got));
    // A hardware GPU may fuse a * b + c.
    const isExact = backend !== 'webgpu' || gpuSession()!.software;
    const same = isExact ? (byBackend.get('cpu') ?? got) : got;
    for (const key of ['y', 'dx', 'dw', 'dclip'] as const) {
      expect(bitsOf(got[key]), key).toEqual(bitsOf(same[key]));
    }
  });

  it.each(cases)('$name: the log says what the recipe says', async (each) => {
    const linears = open(each.recipe);
    if (each.stepsDone > 0) linears.weightsChanged(each.stepsDone);
    const [xMK, wNK, dyMN] = [tensor2d(x, [M, K]), tensor2d(w, [N, K]), tensor2d(dy, [M, N])];
    const linear = (a: Tensor, b: Tensor): Tensor => linears.linear(a as Tensor2D, b as Tensor2D, each.site);
    for (const gradient of tidy(() => grads(linear)([xMK, wNK], dyMN))) gradient.dispose();
    const layer = layerOf(each);
    const isByBlock = each.recipe.overrides.some(({ blocks }) => blocks !== null);
    const where = isByBlock ? each.site : { role: each.site.role };
    expect(linears.gemms()).toEqual(
      gemmKinds.map((gemm) => {
        const precision = productPrecision(layer, gemm);
        return Object.assign({ gemm, precision, kernel: expect.any(String), backend }, where);
      }),
    );
    for (const tensor of [xMK, wNK, dyMN]) tensor.dispose();
    linears.dispose();
  });

  it('draws the random numbers of a step again when it starts at that step, and others at another', async () => {
    await expectNoLeaks(async () => {
      const [xMK, wNK, dyMN] = [tensor2d(x, [M, K]), tensor2d(w, [N, K]), tensor2d(dy, [M, N])];
      const recipe = findRecipe('fp4-paper-int8');
      const gradient = async (stepsDone: number, seed: number): Promise<number[]> => {
        const linears = createLinears(recipe, { seed });
        linears.weightsChanged(stepsDone);
        const linear = (a: Tensor, b: Tensor): Tensor =>
          linears.linear(a as Tensor2D, b as Tensor2D, { role: 'fc1', block: 0 });
        const [dx, dw] = tidy(() => grads(linear)([xMK, wNK], dyMN)) as [Tensor, Tensor];
        const values = [...(await readFloats(dx)), ...(await readFloats(dw))];
        for (const tensor of [dx, dw]) tensor.dispose();
        linears.dispose();
        return values;
      };
      const first = await gradient(3, 1);
      expect(await gradient(3, 1)).toEqual(first);
      expect(await gradient(4, 1)).not.toEqual(first);
      expect(await gradient(3, 2)).not.toEqual(first);
      for (const tensor of [xMK, wNK, dyMN]) tensor.dispose();
    });
  });

  it('quantizes weights once, until they change', async () => {
    await expectNoLeaks(async () => {
      const linears = createLinears(recipes.find(({ name }) => name === 'fp4-paper')!);
      const xMK = tensor2d(x, [M, K]);
      const wNK = tidy(() => variable(tensor2d(w, [N, K])));
      const run = (): Promise<Float32Array> => {
        const y = tidy(() => linears.linear(xMK, wNK as unknown as Tensor2D, { role: 'o', block: 1 }));
        return readFloats(y).then((values) => (y.dispose(), values.slice()));
      };
      const first = await run();
      tidy(() =>
        wNK.assign(
          tensor2d(
            w.map((value) => 3 * value),
            [N, K],
          ),
        ),
      );
      expect(await run()).toEqual(first);
      linears.weightsChanged();
      expect(await run()).not.toEqual(first);
      linears.dispose();
      xMK.dispose();
      wNK.dispose();
    });
  });

  it('runs roles that the recipe does not list in f32, and says what ran where', async () => {
    const linears = createLinears(recipes.find(({ name }) => name === 'fp4-direct')!);
    const [xMK, wNK] = [tensor2d(x, [M, K]), tensor2d(w, [N, K])];
    const y = tidy(() => linears.linear(xMK, wNK, { role: 'head', block: null }));
    tidy(() => linears.linear(xMK, wNK, { role: 'qkv', block: 0 }));
    tidy(() => linears.linear(xMK, wNK, { role: 'qkv', block: 1 }));
    expect(
      worstError(await readFloats(y), multiply(matrix(x, M, K), transposed(matrix(w, N, K)))),
    ).toBeLessThan(1e-5);
    expect(linears.gemms()).toEqual([
      { role: 'head', gemm: 'fprop', precision: 'f32 x f32, f32 sums', kernel: expect.any(String), backend },
      {
        role: 'qkv',
        gemm: 'fprop',
        precision: 'E2M1 x E2M1, exact integer sums',
        kernel: expect.any(String),
        backend,
      },
    ]);
    for (const tensor of [xMK, wNK, y]) tensor.dispose();
    linears.dispose();
  });
});

function heavyTailed(size: number, seed: number): Float32Array {
  return normalFloats(size, seed).map((value) => value * Math.abs(value) ** 1.5);
}
