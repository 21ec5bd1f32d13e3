import { create, globals } from 'webgpu';
import { beforeAll, expect, it } from 'vitest';
import { GpuCounter } from './gpu-counter.ts';

const counter = new GpuCounter();
let device: GPUDevice;

beforeAll(async () => {
  Object.assign(globalThis, globals);
  device = await (await create([]).requestAdapter())!.requestDevice();
});

/** Dispatches a shader that does nothing, as often as asked, in one submission. */
function dispatch(times: number): void {
  const module = device.createShaderModule({ code: '@compute @workgroup_size(1) fn main() {}' });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(device.createComputePipeline({ layout: 'auto', compute: { module } }));
  for (let i = 0; i < times; i++) pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

async function map(mode: 'READ' | 'WRITE'): Promise<void> {
  const usage = mode === 'READ' ? GPUBufferUsage.MAP_READ : GPUBufferUsage.MAP_WRITE;
  const buffer = device.createBuffer({ size: 4, usage });
  await buffer.mapAsync(GPUMapMode[mode]);
  buffer.destroy();
}

it('counts dispatches, submissions and reads, and what came after a read', async () => {
  counter.reset();
  dispatch(3);
  await map('WRITE');
  expect(counter.read()).toEqual({ dispatches: 3, submissions: 1, readbacks: 0, dispatchesAfterReadback: 0 });
  await map('READ');
  dispatch(2);
  expect(counter.read()).toEqual({ dispatches: 5, submissions: 2, readbacks: 1, dispatchesAfterReadback: 2 });
});

it('starts again when it is reset', async () => {
  await map('READ');
  counter.reset();
  dispatch(1);
  expect(counter.read()).toEqual({ dispatches: 1, submissions: 1, readbacks: 0, dispatchesAfterReadback: 0 });
});
