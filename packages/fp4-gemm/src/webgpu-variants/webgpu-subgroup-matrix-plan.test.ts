import type { SubgroupMatrixConfig } from '@nibble-ml/tfjs-bridge/webgpu';
import { describe, expect, it } from 'vitest';
import { MATRIX_TILE, planFor, subgroupMatrixPlan } from './webgpu-subgroup-matrix-plan.ts';

function config(types: string, M: number, N: number, K: number): SubgroupMatrixConfig {
  const [componentType, resultComponentType] = types.split(' ') as [string, string];
  return { componentType, resultComponentType, M, N, K };
}

describe('planFor', () => {
  it.each([
    ['int8 before float16', [config('f16 f32', 16, 16, 16), config('i8 i32', 16, 16, 32)], 32, 'i8 i32', 32],
    ['float16 before float32', [config('f32 f32', 8, 8, 8), config('f16 f32', 8, 8, 8)], 32, 'f16 f32', 8],
    ['float32 where that is all', [config('f16 f16', 8, 8, 8), config('f32 f32', 8, 8, 8)], 32, 'f32 f32', 8],
    [
      'the first of its types',
      [config('f16 f32', 16, 16, 16), config('f16 f32', 16, 8, 8)],
      32,
      'f16 f32',
      16,
    ],
    [
      'one that divides the tile',
      [config('i8 i32', 12, 16, 32), config('i8 i32', 16, 16, 32)],
      32,
      'i8 i32',
      32,
    ],
  ] as const)('takes %s', (_, configs, size, types, K) => {
    expect(planFor(configs, size)).toMatchObject({ types, K });
  });

  it.each([
    ['no configuration', [], 32],
    ['sums that are not exact', [config('f16 f16', 8, 8, 8), config('u8 u32', 8, 8, 8)], 32],
    ['matrices deeper than a step', [config('f32 f32', 8, 8, 32)], 32],
    ['matrices larger than a share of the tile', [config('i8 i32', 16, 16, 32)], 4],
    ['subgroups whose size varies', [config('i8 i32', 16, 16, 32)], undefined],
    ['subgroups that do not divide a workgroup', [config('i8 i32', 16, 16, 32)], 24],
  ] as const)('finds none for %s', (_, configs, size) => {
    expect(planFor(configs, size)).toBeUndefined();
  });

  it.each([4, 8, 16, 32, 64, 128])('shares the tile out among subgroups of %i', (size) => {
    const plan = planFor([config('i8 i32', 8, 8, 8)], size)!;
    expect(plan.down * plan.across * size).toBe(128);
    expect(MATRIX_TILE % (plan.down * plan.M)).toBe(0);
    expect(MATRIX_TILE % (plan.across * plan.N)).toBe(0);
  });
});

describe('subgroupMatrixPlan', () => {
  it('finds none on a device that has not said what it multiplies', () => {
    expect(subgroupMatrixPlan({ features: new Set() } as unknown as GPUDevice)).toBeUndefined();
  });
});
