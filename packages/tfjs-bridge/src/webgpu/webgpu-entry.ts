import { UnsupportedDeviceError } from './unsupported-device-error.ts';

/**
 * `navigator.gpu` of this browser, or of Dawn (npm `webgpu`) in Node, which this installs there.
 *
 * Dawn hides features that are experimental, as Chromium does, unless it is told not to: `NIBBLE_WEBGPU_EXPERIMENTAL=1`
 * does in Node what `--enable-unsafe-webgpu` does in Chromium.
 *
 * @throws UnsupportedDeviceError when there is none
 */
export async function webGpuEntry(): Promise<GPU> {
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
  const isExperimental = process.env['NIBBLE_WEBGPU_EXPERIMENTAL'] === '1';
  const gpu = dawn.create(isExperimental ? ['enable-dawn-features=allow_unsafe_apis'] : []);
  // Dawn crashes when this object is collected while its devices live, so it is reachable for the whole process.
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  } else {
    Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  }
  return gpu;
}
