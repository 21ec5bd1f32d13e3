import { gpuSession, testBackends, useBackend } from '@nibble-ml/testing';
import { throwOnGpuError } from '@nibble-ml/tfjs-bridge/webgpu';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { rehearse } from './webgpu-rehearsal.ts';

const shader = vi.hoisted(() => ({ wgsl: (actual: string): string => actual }));
// A device that claims to have subgroup matrices, and a shader that stands for what its driver makes of ours.
vi.mock('./webgpu-variant.ts', async (original) => ({
  ...(await original<object>()),
  missingFeature: () => undefined,
}));
vi.mock('./webgpu-subgroup-matrix-plan.ts', async (original) => ({
  ...(await original<object>()),
  subgroupMatrixPlan: () => ({ types: 'i8 i32', M: 16, N: 16, K: 32, down: 2, across: 2 }),
}));
vi.mock('../fp4-matmul/webgpu-subgroup-matrix-wgsl.ts', async (original) => {
  const actual = await original<typeof import('../fp4-matmul/webgpu-subgroup-matrix-wgsl.ts')>();
  return { subgroupMatrixWgsl: (plan: never) => shader.wgsl(actual.subgroupMatrixWgsl(plan, false)) };
});

describe.skipIf(!testBackends.includes('webgpu'))('rehearse', () => {
  beforeAll(() => useBackend('webgpu'));

  it('lets variants without experimental features pass', async () => {
    expect(await rehearse('forward', 'f32')).toBeUndefined();
  });

  it('refuses a variant that does not compile, and leaves the device in use alone', async () => {
    shader.wgsl = () => '@compute @workgroup_size(64) fn main() { nonsense; }';
    expect(await rehearse('forward', 'subgroup-matrix')).toMatch(/nonsense/);
    expect(() => throwOnGpuError(gpuSession()!.device)).not.toThrow();
  });
});
