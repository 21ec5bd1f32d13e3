import { UnsupportedDeviceError } from './unsupported-device-error.ts';
import { webGpuEntry } from './webgpu-entry.ts';

/**
 * The fastest adapter of this browser or machine.
 *
 * @throws UnsupportedDeviceError when there is none
 */
export async function requestAdapter(): Promise<GPUAdapter> {
  const gpu = await webGpuEntry();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw new UnsupportedDeviceError(
      'openWebGpu: WebGPU found no adapter; install a Vulkan driver for the GPU (on Debian: mesa-vulkan-drivers, 24 or newer, also has a software one)',
    );
  }
  return adapter;
}
