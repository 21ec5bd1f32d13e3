import { afterEach, describe, expect, it, vi } from 'vitest';
import { isSoftwareAdapter, openWebGpu, UnsupportedDeviceError } from './index.ts';

function adapter(info: Partial<GPUAdapterInfo>): GPUAdapter {
  return { info: { vendor: '', architecture: '', device: '', description: '', ...info } } as GPUAdapter;
}

function browserWith(found: GPUAdapter | null): void {
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => found } });
}

afterEach(() => void vi.unstubAllGlobals());

describe('isSoftwareAdapter', () => {
  it.each([
    [{ vendor: 'mesa', architecture: 'software', description: 'llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)' }, true],
    [{ vendor: 'google', architecture: 'swiftshader' }, true],
    [{ vendor: 'microsoft', description: 'Microsoft Basic Render Driver' }, true],
    [{ vendor: 'nvidia', architecture: 'hopper', description: 'NVIDIA H100 PCIe' }, false],
    [{ vendor: 'apple', architecture: 'metal-3' }, false],
    [{}, false],
  ])('%j: %s', (info, software) => {
    expect(isSoftwareAdapter(adapter(info))).toBe(software);
  });
});

describe('openWebGpu', () => {
  it('refuses a software adapter that was not asked for, and names it', async () => {
    browserWith(adapter({ vendor: 'google', architecture: 'swiftshader' }));
    const opened = openWebGpu();
    await expect(opened).rejects.toThrow(UnsupportedDeviceError);
    await expect(opened).rejects.toThrow(
      'openWebGpu: the only adapter runs on the CPU (google swiftshader), and was not asked for by name; use wasm, or allow software adapters',
    );
  });
  it('says what to install when there is no adapter', async () => {
    browserWith(null);
    await expect(openWebGpu({ allowSoftware: true })).rejects.toThrow(
      /openWebGpu: WebGPU found no adapter; install a Vulkan driver .* mesa-vulkan-drivers/,
    );
  });
  it('says which browsers have WebGPU when this one has not', async () => {
    vi.stubGlobal('navigator', {});
    vi.stubGlobal('process', undefined);
    const opened = openWebGpu();
    vi.unstubAllGlobals();
    await expect(opened).rejects.toThrow(/openWebGpu: this browser has no WebGPU; use Chrome 113/);
  });
});
