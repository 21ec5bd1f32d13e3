import { env } from '@tensorflow/tfjs-core';
import type { GpuBackend } from './gpu-backend.ts';
import { watchGpuErrors } from './gpu-errors.ts';
import { recordSubgroupMatrixConfigs, SUBGROUP_MATRIX_FEATURE } from './subgroup-matrix-configs.ts';

const WANTED_FEATURES: readonly GPUFeatureName[] = [
  'shader-f16',
  'subgroups',
  'timestamp-query',
  SUBGROUP_MATRIX_FEATURE as GPUFeatureName,
];

// tfjs asks for six of these and leaves the storage buffers per stage at 8, too few for the fused kernels.
const WANTED_LIMITS = [
  'maxStorageBuffersPerShaderStage',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

/**
 * Opens a device with those of the wanted features that the adapter offers and its largest limits, and a tfjs backend on
 * it that is not registered.
 */
export async function requestDevice(
  adapter: GPUAdapter,
): Promise<{ device: GPUDevice; backend: GpuBackend; features: readonly GPUFeatureName[] }> {
  const features = WANTED_FEATURES.filter((feature) => adapter.features.has(feature));
  const requiredLimits = Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredFeatures: features, requiredLimits });
  watchGpuErrors(device);
  recordSubgroupMatrixConfigs(device, adapter.info);
  // Imported late: the module decides on `navigator.gpu` when it is first evaluated.
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  // Small tensors would otherwise be computed by the cpu backend, which rounds differently.
  env().set('WEBGPU_CPU_FORWARD', false);
  return { device, backend: new WebGPUBackend(device, adapter.info) as unknown as GpuBackend, features };
}
