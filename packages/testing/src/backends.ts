import { ready, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { openWasm } from '@nibble-ml/tfjs-bridge/wasm';
import { openWebGpu } from '@nibble-ml/tfjs-bridge/webgpu';
import type { WebGpuSession } from '@nibble-ml/tfjs-bridge/webgpu';

/** A tfjs backend that every op is tested on. */
export type TestBackend = 'cpu' | 'wasm' | 'webgpu';

/**
 * The backends under test. `NIBBLE_SKIP_BACKENDS=webgpu,wasm` leaves some out; one that is not left out by name and
 * cannot be opened fails its tests.
 */
export const testBackends: readonly TestBackend[] = (['cpu', 'wasm', 'webgpu'] as const).filter(
  (name) => !(process.env['NIBBLE_SKIP_BACKENDS'] ?? '').split(',').includes(name),
);

let gpu: WebGpuSession | undefined;
let wasmOpen = false;

/**
 * Makes `name` the current tfjs backend, opening it first if need be. A software WebGPU adapter will do.
 *
 * @throws UnsupportedDeviceError when there is no WebGPU adapter
 */
export async function useBackend(name: TestBackend): Promise<void> {
  if (name === 'webgpu' && gpu === undefined) gpu = await openWebGpu({ allowSoftware: true });
  if (name === 'wasm' && !wasmOpen) {
    await openWasm();
    wasmOpen = true;
  }
  await setBackend(name);
  await ready();
}

/** The open WebGPU device, or undefined when `useBackend('webgpu')` has not been called. */
export function gpuSession(): WebGpuSession | undefined {
  return gpu;
}
