import { findBackendFactory, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { GpuBackend } from './gpu-backend.ts';
import { requestAdapter } from './request-adapter.ts';
import { requestDevice } from './request-device.ts';
import { UnsupportedDeviceError } from './unsupported-device-error.ts';

/** Options of {@link openWebGpu}. */
export interface OpenWebGpuOptions {
  /** Whether an adapter that runs on the CPU (Mesa llvmpipe, SwiftShader) is welcome. Default: it is not. */
  readonly allowSoftware?: boolean;
}

/** An open WebGPU device with tfjs's backend on it. */
export interface WebGpuSession {
  /** tfjs's WebGPU backend on this device. */
  readonly backend: GpuBackend;
  /** The open device. */
  readonly device: GPUDevice;
  /** Vendor, architecture and description, as the driver words them. */
  readonly adapter: string;
  /** Whether the adapter runs on the CPU. */
  readonly software: boolean;
  /**
   * The features that were had of those asked for: shader-f16, subgroups, timestamp-query, and the experimental
   * chromium-experimental-subgroup-matrix, which Node offers with `NIBBLE_WEBGPU_EXPERIMENTAL=1` only.
   */
  readonly features: readonly string[];
}

/**
 * Opens the WebGPU adapter of this browser, or of this machine through Dawn (npm `webgpu`) in Node, with the features
 * and limits the kernels want, registers tfjs's `webgpu` backend on it and makes it the current one.
 *
 * @throws UnsupportedDeviceError when there is no WebGPU, no adapter, or only a software adapter that was not allowed
 */
export async function openWebGpu(options: OpenWebGpuOptions = {}): Promise<WebGpuSession> {
  const adapter = await requestAdapter();
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
  const { device, backend, features } = await requestDevice(adapter);
  if (findBackendFactory('webgpu') != null) removeBackend('webgpu');
  registerBackend('webgpu', () => backend as unknown as KernelBackend, 3);
  await setBackend('webgpu');
  return { backend, device, adapter: description, software, features };
}

/** Whether an adapter is one of the known software rasterizers. */
export function isSoftwareAdapter(adapter: GPUAdapter): boolean {
  const { vendor, architecture, description, device } = adapter.info;
  return /llvmpipe|lavapipe|swiftshader|softpipe|basic render/i.test(
    [vendor, architecture, description, device].join(' '),
  );
}
