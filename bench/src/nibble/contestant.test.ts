import { afterEach, expect, it, vi } from 'vitest';
import type { TfjsDevice } from '../contest/tfjs-device.ts';
import type { Task } from '../contest/task.ts';
import { open } from './contestant.ts';

const mocks = vi.hoisted(() => ({
  order: [] as string[],
  isHardwareGpu: true,
}));
vi.mock('@nibble-ml/fp4-gemm', () => ({ tuneFp4Kernels: async () => void mocks.order.push('tune') }));
vi.mock('./gemm.ts', () => ({ gemmEntries: () => (mocks.order.push('gemm'), []) }));
vi.mock('./peak.ts', () => ({ peakEntries: () => (mocks.order.push('peak'), []) }));
vi.mock('./step.ts', () => ({
  stepEntries: () => (mocks.order.push('step'), []),
  memoryEntry: () => (mocks.order.push('memory'), {}),
}));
vi.mock('../contest/tfjs-device.ts', () => ({
  openTfjsDevice: async (): Promise<Partial<TfjsDevice>> => ({
    adapter: 'a GPU',
    isHardwareGpu: mocks.isHardwareGpu,
  }),
}));

async function prepared(kind: Task['kind']): Promise<string[]> {
  const contestant = await open('webgpu');
  await contestant.prepare({ kind } as Task);
  return mocks.order;
}

afterEach(() => {
  mocks.order.length = 0;
  mocks.isHardwareGpu = true;
});

it.each(['gemm', 'step'] as const)('measures the kernels of a GPU before a %s', async (kind) => {
  expect(await prepared(kind)).toEqual(['tune', kind]);
});

it.each(['memory', 'peak'] as const)('measures no kernels before a %s', async (kind) => {
  expect(await prepared(kind)).toEqual([kind]);
});

it('measures no kernels of a software adapter', async () => {
  mocks.isHardwareGpu = false;
  expect(await prepared('gemm')).toEqual(['gemm']);
});
