import { afterEach, expect, it, vi } from 'vitest';
import { webGpuEntry } from './webgpu-entry.ts';

const create = vi.hoisted(() => vi.fn<(options: readonly string[]) => object>(() => ({})));
vi.mock('webgpu', () => ({ create, globals: {} }));

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  create.mockClear();
});

it.each([
  ['leaves Dawn as it is', undefined, []],
  ['leaves Dawn as it is unless the value is 1', '0', []],
  ['offers experimental features on request', '1', ['enable-dawn-features=allow_unsafe_apis']],
])('%s', async (_, value, options) => {
  vi.stubGlobal('navigator', {});
  vi.stubEnv('NIBBLE_WEBGPU_EXPERIMENTAL', value);
  const gpu = await webGpuEntry();
  expect(create).toHaveBeenCalledExactlyOnceWith(options);
  expect(await webGpuEntry()).toBe(gpu);
  expect(create).toHaveBeenCalledOnce();
});
