import { afterEach, describe, expect, it, vi } from 'vitest';
import { UnsupportedDeviceError } from '@nibble-ml/tfjs-bridge/webgpu';
import { chooseBackend } from './choose-backend.ts';

const mocks = vi.hoisted(() => ({
  openWebGpu: vi.fn<(options?: { allowSoftware?: boolean }) => Promise<object>>(),
  openWasm: vi.fn<() => Promise<void>>(async () => {}),
  tune: vi.fn<() => Promise<readonly object[]>>(async () => []),
}));
vi.mock('@nibble-ml/tfjs-bridge/webgpu', async (original) => ({
  ...(await original<object>()),
  openWebGpu: mocks.openWebGpu,
}));
vi.mock('@nibble-ml/tfjs-bridge/wasm', () => ({ openWasm: mocks.openWasm }));
vi.mock('@nibble-ml/fp4-gemm', () => ({ tuneFp4Kernels: mocks.tune }));

function session(software: boolean): object {
  return { adapter: software ? 'mesa llvmpipe' : 'nvidia hopper', device: {}, software };
}

afterEach(() => void vi.clearAllMocks());

describe('chooseBackend', () => {
  it.each(['auto', 'webgpu'] as const)(
    '%s: measures the kernels of a GPU, and says so first',
    async (name) => {
      mocks.openWebGpu.mockResolvedValueOnce(session(false));
      const notes: string[] = [];
      const note = (text: string): void => {
        expect(mocks.tune).not.toHaveBeenCalled();
        notes.push(text);
      };
      expect(await chooseBackend(name, { note })).toMatchObject({ name: 'webgpu', adapter: 'nvidia hopper' });
      expect(mocks.tune).toHaveBeenCalledOnce();
      expect(notes).toEqual(['measuring which FP4 kernels are fastest on nvidia hopper']);
    },
  );

  it('measures nothing on a software adapter', async () => {
    mocks.openWebGpu.mockResolvedValueOnce(session(true));
    const note = vi.fn<(text: string) => void>();
    const { reason } = await chooseBackend('webgpu', { note });
    expect(reason).toBe('asked for by name; this adapter runs on the CPU');
    expect(mocks.tune).not.toHaveBeenCalled();
    expect(note).not.toHaveBeenCalled();
  });

  it('hands on that the device failed while it was measured', async () => {
    mocks.openWebGpu.mockResolvedValueOnce(session(false));
    mocks.tune.mockRejectedValueOnce(new Error('the device was lost'));
    await expect(chooseBackend('webgpu')).rejects.toThrow('the device was lost');
  });

  it('takes wasm where the only adapter runs on the CPU', async () => {
    mocks.openWebGpu.mockRejectedValueOnce(
      new UnsupportedDeviceError('software', { softwareAdapter: 'mesa llvmpipe' }),
    );
    expect(await chooseBackend('auto')).toMatchObject({
      name: 'wasm',
      reason: 'the only WebGPU adapter runs on the CPU too (mesa llvmpipe), and wasm is faster there',
    });
    expect(mocks.tune).not.toHaveBeenCalled();
  });
});
