import { env, findBackendFactory, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { GpuBackend } from './gpu-backend.ts';
import { watchGpuErrors } from './gpu-errors.ts';
import { UnsupportedDeviceError } from './unsupported-device-error.ts';

/** Options of {@link openWebGpu}. */
export interface OpenWebGpuOptions {
  /** Whether an adapter that runs on the CPU (Mesa llvmpipe, SwiftShader) is welcome. Default: it is not. */
  readonly allowSoftware?: boolean;
}

/** An open WebGPU device with tfjs's backend on it. */
export interface WebGpuSession {
  readonly backend: GpuBackend;
  readonly device: GPUDevice;
  /** Vendor, architecture and description, as the driver words them. */
  readonly adapter: string;
  /** Whether the adapter runs on the CPU. */
  readonly software: boolean;
  /** The features that were had of those asked for: shader-f16, subgroups, timestamp-query. */
  readonly features: readonly string[];
}

const WANTED_FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

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
 * Opens the WebGPU adapter of this browser, or of this machine through Dawn (npm `webgpu`) in Node, with the features
 * and limits the kernels want, registers tfjs's `webgpu` backend on it and makes it the current one.
 *
 * @throws UnsupportedDeviceError when there is no WebGPU, no adapter, or only a software adapter that was not allowed
 */
export async function openWebGpu(options: OpenWebGpuOptions = {}): Promise<WebGpuSession> {
  const gpu = await webGpuEntry();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw new UnsupportedDeviceError(
      'openWebGpu: WebGPU found no adapter; install a Vulkan driver for the GPU (on Debian: mesa-vulkan-drivers, 24 or newer, also has a software one)',
    );
  }
  const description = [adapter.info.vendor, adapter.info.architecture, adapter.info.description]
    .filter((part) => part !== '')
    .join(' ');
  const software = isSoftwareAdapter(adapter);
  if (software && options.allowSoftware !== true) {
    throw new UnsupportedDeviceError(
      `openWebGpu: the only adapter runs on the CPU (${description}), and was not asked for by name; use wasm, or allow software adapters`,
      { softwareAdapter: description },
    );
  }
  const features = WANTED_FEATURES.filter((feature) => adapter.features.has(feature));
  const requiredLimits = Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredFeatures: features, requiredLimits });
  watchGpuErrors(device);

  // Imported late: the module decides on `navigator.gpu` when it is first evaluated.
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  // Small tensors would otherwise be computed by the cpu backend, which rounds differently.
  env().set('WEBGPU_CPU_FORWARD', false);
  const backend = new WebGPUBackend(device, adapter.info);
  if (findBackendFactory('webgpu') != null) removeBackend('webgpu');
  registerBackend('webgpu', () => backend as unknown as KernelBackend, 3);
  await setBackend('webgpu');
  return { backend: backend as unknown as GpuBackend, device, adapter: description, software, features };
}

/** Whether an adapter is one of the known software rasterizers. */
export function isSoftwareAdapter(adapter: GPUAdapter): boolean {
  const { vendor, architecture, description, device } = adapter.info;
  return /llvmpipe|lavapipe|swiftshader|softpipe|basic render/i.test(
    [vendor, architecture, description, device].join(' '),
  );
}

async function webGpuEntry(): Promise<GPU> {
  if (globalThis.navigator?.gpu !== undefined) return globalThis.navigator.gpu;
  if (globalThis.process?.versions?.node === undefined) {
    throw new UnsupportedDeviceError(
      'openWebGpu: this browser has no WebGPU; use Chrome 113, Edge 113, Safari 26, Firefox 141 or newer over https or localhost',
    );
  }
  let dawn: typeof import('webgpu');
  try {
    dawn = await import('webgpu');
  } catch (error) {
    throw new UnsupportedDeviceError(
      `openWebGpu: the npm package "webgpu" (Dawn) could not be loaded: ${(error as Error).message}; install it with npm install webgpu`,
    );
  }
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  // Dawn crashes when this object is collected while its devices live, so it is reachable for the whole process.
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  } else {
    Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  }
  return gpu;
}
