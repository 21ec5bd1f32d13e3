import { testBackends, useBackend } from '@nibble-ml/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fp4KernelName } from './kernel-names.ts';

describe.each(testBackends)('fp4KernelName on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  afterEach(() => {
    delete process.env['NIBBLE_WASM_SIMD'];
    delete process.env['NIBBLE_WEBGPU_VARIANT'];
  });

  it('names a variant for each step of the current backend', () => {
    const names = fp4KernelName();
    expect(Object.keys(names).toSorted()).toEqual(['dgrad', 'fprop', 'quantize', 'wgrad']);
    for (const name of Object.values(names)) expect(name.startsWith(backend)).toBe(true);
    expect(fp4KernelName(backend)).toEqual(names);
  });
});

describe('fp4KernelName', () => {
  it.skipIf(!testBackends.includes('wasm'))(
    'prefers relaxed SIMD, obeys NIBBLE_WASM_SIMD, and refuses nonsense',
    () => {
      // Node 24 has relaxed SIMD; the fastest exact variant must be the default there.
      const product = 'wasm relaxed i32x4.relaxed_dot_i8x16_i7x16_add_s';
      expect(fp4KernelName('wasm')).toEqual({
        quantize: 'wasm simd128',
        fprop: product,
        dgrad: product,
        wgrad: product,
      });
      process.env['NIBBLE_WASM_SIMD'] = 'simd128';
      expect(fp4KernelName('wasm').fprop).toBe('wasm simd128 i32x4.dot_i16x8_s');
      process.env['NIBBLE_WASM_SIMD'] = 'avx';
      expect(() => fp4KernelName('wasm')).toThrow(
        "NIBBLE_WASM_SIMD must be simd128 or relaxed, but got 'avx'",
      );
      delete process.env['NIBBLE_WASM_SIMD'];
    },
  );

  it.skipIf(!testBackends.includes('webgpu'))('obeys NIBBLE_WEBGPU_VARIANT', () => {
    process.env['NIBBLE_WEBGPU_VARIANT'] = 'unpacked';
    expect(fp4KernelName('webgpu').fprop).toBe('webgpu unpacked i32');
    process.env['NIBBLE_WEBGPU_VARIANT'] = 'dot';
    expect(() => fp4KernelName('webgpu')).toThrow(
      "NIBBLE_WEBGPU_VARIANT must be dot4I8Packed, unpacked, f32, shader-f16, subgroups, subgroup-matrix or unset, but got 'dot'",
    );
    delete process.env['NIBBLE_WEBGPU_VARIANT'];
  });

  it.skipIf(!testBackends.includes('webgpu') || process.env['NIBBLE_WEBGPU_EXPERIMENTAL'] === '1')(
    'refuses to force an experimental variant that the device does not offer',
    () => {
      process.env['NIBBLE_WEBGPU_VARIANT'] = 'subgroup-matrix';
      expect(() => fp4KernelName('webgpu')).toThrow(
        'fp4-gemm: NIBBLE_WEBGPU_VARIANT=subgroup-matrix must have the feature chromium-experimental-subgroup-matrix, but this device lacks it; use unpacked, or unset the variable',
      );
      delete process.env['NIBBLE_WEBGPU_VARIANT'];
    },
  );

  it('refuses a backend without kernels', () => {
    expect(() => fp4KernelName('webgl')).toThrow(
      "fp4KernelName: backend must be cpu, wasm or webgpu, but got 'webgl'",
    );
  });
});
