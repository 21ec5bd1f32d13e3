import { engine } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gpuOutput, GpuError, openWebGpu, runProgram, throwOnGpuError, withSpareDevice } from './index.ts';
import type { GpuBackend, WebGpuSession } from './index.ts';

const skip = (process.env['NIBBLE_SKIP_BACKENDS'] ?? '').split(',').includes('webgpu');

/** Runs a shader that writes `value`, and reads it back. */
async function compute(backend: GpuBackend, value: string): Promise<number> {
  const out = gpuOutput(backend, [1], 'float32');
  runProgram(backend, {
    name: 'one value',
    wgsl: `@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(1) fn main() { y[0] = ${value}; }`,
    inputs: [],
    outputs: [out],
    workgroups: [1],
  });
  return (await backend.read(out.dataId))[0]!;
}

describe.skipIf(skip)('withSpareDevice', () => {
  let session: WebGpuSession;
  beforeAll(async () => {
    session = await openWebGpu({ allowSoftware: true });
  });

  it('runs programs on a device that is gone afterwards', async () => {
    let spare: GPUDevice | undefined;
    const result = await withSpareDevice((backend) => {
      spare = backend.device;
      return compute(backend, '3.0');
    });
    expect(result).toBe(3);
    expect(spare).not.toBe(session.device);
    expect((await spare!.lost).reason).toBe('destroyed');
  });
  it('says that the spare device was lost, even when its work never ends', async () => {
    const losing = withSpareDevice(async ({ device }) => {
      device.destroy();
      await new Promise(() => {});
    });
    await expect(losing).rejects.toThrow(GpuError);
    await expect(losing).rejects.toThrow(/the spare device was lost/);
  });
  it('throws what the spare device reported', async () => {
    await expect(withSpareDevice((backend) => compute(backend, 'nonsense'))).rejects.toThrow(/nonsense/);
  });
  it('leaves the device in use as it was, and the current backend', async () => {
    expect(() => throwOnGpuError(session.device)).not.toThrow();
    expect(engine().backend).toBe(session.backend);
    expect(await compute(session.backend, '5.0')).toBe(5);
  });
});
