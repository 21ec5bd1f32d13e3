import { describe, expect, it } from 'vitest';
import { f32, i32, packParams, u32 } from './params.ts';

describe('packParams', () => {
  it('lays scalars out one after another, little-endian', () => {
    const bytes = packParams([u32(4294967295), i32(-2), f32(-0.5), u32(1)]);
    expect(new Uint32Array(bytes)).toEqual(Uint32Array.of(0xffffffff, 0xfffffffe, 0xbf000000, 1));
    expect(new Uint8Array(packParams([u32(0x01020304)])).slice(0, 4)).toEqual(Uint8Array.of(4, 3, 2, 1));
  });
  it.each([
    [0, 16],
    [1, 16],
    [4, 16],
    [5, 32],
    [8, 32],
  ])('pads %i scalars to %i bytes', (count, size) => {
    const bytes = packParams(Array.from({ length: count }, () => f32(1)));
    expect(bytes.byteLength).toBe(size);
    expect(new Float32Array(bytes).filter((value) => value === 1).length).toBe(count);
  });
  it('rounds to float32', () => {
    expect(new Float32Array(packParams([f32(0.1)]))[0]).toBe(Math.fround(0.1));
  });
});
