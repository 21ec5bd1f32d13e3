import { engine, memory, mul, setBackend, square, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  dispatchCount,
  f32,
  gpuOutput,
  GpuError,
  openWebGpu,
  prepareProgram,
  runProgram,
  throwOnGpuError,
  u32,
} from './index.ts';
import type { WebGpuSession } from './index.ts';

const skip = (process.env['NIBBLE_SKIP_BACKENDS'] ?? '').split(',').includes('webgpu');

const SUM_AND_PRODUCT = `
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;
@group(0) @binding(2) var<storage, read_write> bits: array<u32>;
struct Params { n: u32, addend: f32 }
@group(0) @binding(3) var<uniform> params: Params;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.n) { return; }
  sum[id.x] = a[id.x] + params.addend;
  bits[id.x] = bitcast<u32>(a[id.x]);
}`;

describe.skipIf(skip)('runProgram', () => {
  let session: WebGpuSession;
  beforeAll(async () => {
    session = await openWebGpu({ allowSoftware: true });
  });

  it('writes several outputs, in order with tfjs kernels', async () => {
    const { backend } = session;
    const before = memory().numTensors;
    const [sum, bits] = tidy(() => {
      const a = mul(tensor1d([1, -0, 3.5]), 1);
      const outputs = [gpuOutput(backend, [3], 'float32'), gpuOutput(backend, [3], 'int32')];
      runProgram(backend, {
        name: 'sumAndProduct',
        wgsl: SUM_AND_PRODUCT,
        inputs: [a],
        outputs,
        params: [u32(3), f32(10)],
        workgroups: [1],
      });
      return outputs.map((info) => engine().makeTensorFromTensorInfo(info)) as [never, never];
    });
    const twice = tidy(() => mul(sum, 2));
    expect([...(await twice.data())]).toEqual([22, 20, 27]);
    expect(new Uint32Array((await (bits as ReturnType<typeof tensor1d>).data()).slice().buffer)).toEqual(
      new Uint32Array([0x3f800000, 0x80000000, 0x40600000]),
    );
    throwOnGpuError(session.device);
    twice.dispose();
    (sum as ReturnType<typeof tensor1d>).dispose();
    (bits as ReturnType<typeof tensor1d>).dispose();
    expect(memory().numTensors).toBe(before);
  });
  it('updates a tensor in place, and a read after that sees the new values', async () => {
    const { backend } = session;
    const a = tensor1d([1, 2, 3]);
    const out = tensor1d([0, 0, 0]);
    const bits = tensor1d([0, 0, 0], 'int32');
    expect([...(await out.data())]).toEqual([0, 0, 0]);
    const count = dispatchCount(session.device);
    runProgram(backend, {
      name: 'inPlace',
      wgsl: SUM_AND_PRODUCT,
      inputs: [a],
      outputs: [out, bits],
      params: [u32(3), f32(0.5)],
      workgroups: [1],
    });
    expect([...(await out.data())]).toEqual([1.5, 2.5, 3.5]);
    expect(dispatchCount(session.device)).toBe(count + 1);
    for (const t of [a, out, bits]) t.dispose();
  });
  it('reports a WGSL error as an exception that names the program and the line', async () => {
    const out = gpuOutput(session.backend, [1], 'float32');
    runProgram(session.backend, {
      name: 'broken',
      wgsl: `@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(1) fn main() { y[0] = nonsense; }`,
      inputs: [],
      outputs: [out],
      workgroups: [1],
    });
    const tensor = engine().makeTensorFromTensorInfo(out);
    await tensor.data();
    expect(() => throwOnGpuError(session.device)).toThrow(GpuError);
    expect(() => throwOnGpuError(session.device)).not.toThrow();
    tensor.dispose();
  });
  it('compiles ahead, and rejects a shader that does not compile without recording it', async () => {
    const wgsl = (body: string): string => `@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(1) fn main() { y[0] = ${body}; }`;
    const out = gpuOutput(session.backend, [1], 'float32');
    const program = { name: 'ahead', inputs: [], outputs: [out], workgroups: [1] } as const;
    await prepareProgram(session.backend, { ...program, wgsl: wgsl('7.0') });
    runProgram(session.backend, { ...program, wgsl: wgsl('7.0') });
    const tensor = engine().makeTensorFromTensorInfo(out);
    expect([...(await tensor.data())]).toEqual([7]);
    tensor.dispose();
    const broken = prepareProgram(session.backend, { ...program, wgsl: wgsl('nonsense') });
    await expect(broken).rejects.toThrow(/WGSL of ahead, line 2: .*nonsense/);
    expect(() => throwOnGpuError(session.device)).not.toThrow();
  });
  it('refuses a tensor that is larger than the device can bind, before it makes a buffer', () => {
    const { backend } = session;
    const rows = session.device.limits.maxStorageBufferBindingSize / 4096 + 1;
    const out = gpuOutput(backend, [rows, 1024], 'float32');
    const before = backend.bufferManager.numBytesAllocated;
    expect(() =>
      runProgram(backend, { name: 'large', wgsl: '', inputs: [], outputs: [out], workgroups: [1] }),
    ).toThrow(`runProgram: output 0 [${rows}, 1024] of large must have at most`);
    expect(backend.bufferManager.numBytesAllocated).toBe(before);
    backend.disposeData(out.dataId);
  });
  it('makes empty tensors that can be read', async () => {
    const empty = engine().makeTensorFromTensorInfo(gpuOutput(session.backend, [0, 3], 'float32'));
    expect(await empty.data()).toEqual(new Float32Array(0));
    empty.dispose();
  });
  it('turns a lost device into an exception', async () => {
    session.device.destroy();
    await session.device.lost;
    expect(() => throwOnGpuError(session.device)).toThrow(/device was lost/);
    session = await openWebGpu({ allowSoftware: true });
    await setBackend('webgpu');
    expect([...(await square(tensor1d([2])).data())]).toEqual([4]);
  });
});
