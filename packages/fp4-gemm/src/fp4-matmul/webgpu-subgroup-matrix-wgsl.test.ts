import { nullDevice, testBackends } from '@nibble-ml/testing';
import { describe, expect, it } from 'vitest';
import { planFor } from '../webgpu-variants/webgpu-subgroup-matrix-plan.ts';
import type { SubgroupMatrixPlan } from '../webgpu-variants/webgpu-subgroup-matrix-plan.ts';
import { subgroupMatrixWgsl } from './webgpu-subgroup-matrix-wgsl.ts';

// What drivers offer: NVIDIA and Mesa by VK_KHR_cooperative_matrix, Apple by simdgroup_matrix. Types, M, N, K, lanes.
const OFFERED = [
  ['i8', 'i32', 16, 16, 32, 32],
  ['i8', 'i32', 8, 8, 8, 8],
  ['f16', 'f32', 16, 16, 16, 32],
  ['f16', 'f32', 16, 8, 8, 32],
  ['f16', 'f32', 8, 8, 8, 8],
  ['f32', 'f32', 8, 8, 8, 32],
  ['i8', 'i32', 8, 8, 8, 128],
] as const;

const plans = OFFERED.map(([componentType, resultComponentType, M, N, K, lanes]) => ({
  name: `${componentType} ${resultComponentType} ${M}x${N}x${K}, ${lanes} lanes`,
  plan: planFor([{ componentType, resultComponentType, M, N, K }], lanes)!,
}));

async function compile(device: GPUDevice, plan: SubgroupMatrixPlan, hasAddend: boolean) {
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: subgroupMatrixWgsl(plan, hasAddend) });
  const compute = { module, entryPoint: 'main' };
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute }).then(
    () => 'made',
    (error: unknown) => (error as Error).message,
  );
  const { messages } = await module.getCompilationInfo();
  await device.popErrorScope();
  return { pipeline, messages: messages.map(({ message }) => message) };
}

// Adapters that run these shaders are rare, but the compiler of WGSL is: it checks types, strides, the bounds of
// the workgroup's memory and the uniformity of control flow.
describe.skipIf(!testBackends.includes('webgpu'))('subgroupMatrixWgsl', () => {
  it.each(plans)('compiles for $name without an error or a warning', async ({ plan }) => {
    const device = await nullDevice(['chromium-experimental-subgroup-matrix', 'subgroups', 'shader-f16']);
    expect(device.limits.maxComputeWorkgroupStorageSize).toBe(16_384);
    for (const hasAddend of [false, true]) {
      expect(await compile(device, plan, hasAddend)).toEqual({ pipeline: 'made', messages: [] });
    }
    device.destroy();
  });

  it('is refused by a device without the feature, in words', async () => {
    const device = await nullDevice(['subgroups', 'shader-f16']);
    const { pipeline, messages } = await compile(device, plans[0]!.plan, false);
    expect(messages[0]).toMatch(/'chromium_experimental_subgroup_matrix' is not allowed/);
    expect(pipeline).toMatch(/invalid/i);
    device.destroy();
  });
});
