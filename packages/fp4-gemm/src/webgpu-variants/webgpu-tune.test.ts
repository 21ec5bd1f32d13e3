import { gpuSession, testBackends, useBackend } from '@nibble-ml/testing';
import { throwOnGpuError } from '@nibble-ml/tfjs-bridge/webgpu';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { fp4KernelName } from '../kernel-names.ts';
import type { WebGpuChoice } from './webgpu-choice.ts';
import { variantFor } from './webgpu-choice.ts';
import { checkVariants } from './webgpu-measure.ts';
import { SHAPE_CLASSES, shapeClass, TYPICAL_SHAPE } from './webgpu-shape-class.ts';
import { tuneFp4Kernels } from './webgpu-tune.ts';
import { availableVariants, missingFeature, WEBGPU_PRODUCTS } from './webgpu-variant.ts';

// Three variants that a driver got wrong: one does not compile, one computes something else, and one adds with 23 bits.
vi.mock('../fp4-matmul/webgpu-subgroup-wgsl.ts', async (original) => ({
  ...(await original<object>()),
  subgroupWgsl: () => '@compute @workgroup_size(64) fn main() { nonsense; }',
}));
vi.mock('../fp4-matmul/webgpu-tile-wgsl.ts', async (original) => {
  const actual = await original<typeof import('../fp4-matmul/webgpu-tile-wgsl.ts')>();
  const rounded = '(select(sum, 2.0 * floor(sum / 2.0), abs(sum) >= 8388608.0) * 0.25)';
  return {
    ...actual,
    tileWgsl: (...[variant, hasAddend]: Parameters<typeof actual.tileWgsl>) =>
      actual.tileWgsl(variant, hasAddend).replace(variant === 'f32' ? '(sum * 0.25)' : 'no match', rounded),
  };
});
vi.mock('../gradient/webgpu-tile-wgsl.ts', async (original) => {
  const actual = await original<typeof import('../gradient/webgpu-tile-wgsl.ts')>();
  return {
    ...actual,
    tileWgsl: (...args: Parameters<typeof actual.tileWgsl>) =>
      actual.tileWgsl(...args).replace(args[0] === 'f32' ? '* 65536.0' : 'no match', '* 65537.0'),
  };
});

describe('shapeClass', () => {
  it('puts the typical shape of each class into it', () => {
    for (const name of SHAPE_CLASSES) expect(shapeClass(TYPICAL_SHAPE[name])).toBe(name);
  });
});

describe.skipIf(!testBackends.includes('webgpu'))('tuneFp4Kernels', () => {
  let choices: readonly WebGpuChoice[];
  const messages: string[] = [];
  beforeAll(async () => {
    await useBackend('webgpu');
    choices = await tuneFp4Kernels({ onProgress: (message) => messages.push(message) });
  });

  it('chooses the fastest variant for each product and class, which then runs', () => {
    const { device } = gpuSession()!;
    expect(choices.map(({ product, shapeClass: name }) => `${product} ${name}`)).toEqual(
      WEBGPU_PRODUCTS.flatMap((product) => SHAPE_CLASSES.map((name) => `${product} ${name}`)),
    );
    for (const { product, shapeClass: name, variant, timings } of choices) {
      expect(timings.map((timing) => timing.variant).toSorted()).toEqual(
        availableVariants(device, product).toSorted(),
      );
      const times = timings.flatMap(({ milliseconds }) => milliseconds ?? []);
      expect(times[0]).toBe(Math.min(...times));
      expect(variant).toBe(timings[0]!.variant);
      expect(variantFor(device, product, TYPICAL_SHAPE[name])).toBe(variant);
    }
    expect(fp4KernelName('webgpu').fprop).toMatch(/^webgpu .*, fastest of \d measured$/);
    expect(messages[0]).toBe('compiling and checking the variants of the forward product');
  });

  it('refuses variants that do not compile or give other bits, and leaves no error behind', ({ skip }) => {
    const { device } = gpuSession()!;
    skip(missingFeature(device, 'subgroups') !== undefined, 'this device has no subgroups');
    const refused = (product: string, variant: string): (string | undefined)[] =>
      choices
        .filter((choice) => choice.product === product)
        .map(({ timings }) => timings.find((timing) => timing.variant === variant)?.refused);
    for (const reason of refused('forward', 'subgroups')) expect(reason).toMatch(/nonsense/);
    for (const reason of refused('forward', 'f32')) expect(reason).toMatch(/^wrong bits at \d+$/);
    for (const reason of refused('gradient', 'f32')) expect(reason).toMatch(/^wrong bits at \d+$/);
    for (const reason of refused('gradient', 'unpacked')) expect(reason).toBeUndefined();
    expect(choices.some(({ product, variant }) => product === 'forward' && variant === 'subgroups')).toBe(
      false,
    );
    expect(() => throwOnGpuError(device)).not.toThrow();
  });

  it('measures once', async () => {
    const count = messages.length;
    expect(await tuneFp4Kernels({ onProgress: (message) => messages.push(message) })).toBe(choices);
    expect(messages.length).toBe(count);
  });

  it('frees what it measured with', async () => {
    const { backend } = gpuSession()!;
    await checkVariants(backend, 'gradient');
    const before = backend.bufferManager.numBytesUsed;
    await checkVariants(backend, 'gradient');
    expect(backend.bufferManager.numBytesUsed).toBe(before);
  });
});
