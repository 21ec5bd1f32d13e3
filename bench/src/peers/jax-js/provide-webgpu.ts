import { create, globals } from 'webgpu';

/** Puts Dawn where a browser has WebGPU, for jax-js to find, and returns the adapter's name. */
export async function provideWebGpu(): Promise<string> {
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new Error('provideWebGpu: WebGPU found no adapter; install a Vulkan driver');
  const { vendor, architecture, description } = adapter.info;
  return [vendor, architecture, description].filter((part) => part !== '').join(' ');
}
