import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safetensorsFile as file } from '../../test/safetensors-file.ts';
import { decodeSafetensors } from './decode-safetensors.ts';
import { encodeSafetensors } from './encode-safetensors.ts';
import type { TensorToEncode } from './encode-safetensors.ts';

describe('encodeSafetensors', () => {
  it('writes the bytes of the format', () => {
    const bytes = encodeSafetensors(new Map([['a', { shape: [2], values: Float32Array.of(1, -2) }]]));
    const header = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  ';
    expect(bytes.slice(0, 8)).toEqual(Uint8Array.of(header.length, 0, 0, 0, 0, 0, 0, 0));
    expect(new TextDecoder().decode(bytes.slice(8, 8 + header.length))).toBe(header);
    expect(bytes.slice(8 + header.length)).toEqual(Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0));
  });
  it('refuses values that do not fill their shape, and a reserved name', () => {
    const encode = (name: string, shape: number[]): Uint8Array =>
      encodeSafetensors(new Map([[name, { shape, values: Float32Array.of(1, 2) }]]));
    expect(() => encode('w', [3])).toThrow('encodeSafetensors: w of shape [3] needs 3 values, but got 2');
    expect(() => encode('__metadata__', [2])).toThrow(
      'tensors must have names of their own, but got "__metadata__"; rename it',
    );
  });
});

describe('decodeSafetensors', () => {
  it('reads what encodeSafetensors writes', () => {
    const arrays = fc.oneof(
      fc.float32Array({ maxLength: 12 }),
      fc.int32Array({ maxLength: 12 }),
      fc.uint8Array({ maxLength: 12 }),
    );
    const names = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(names, arrays)),
        fc.dictionary(fc.string(), fc.string()),
        (entries, metadata) => {
          const tensors = new Map<string, TensorToEncode>(
            entries.map(([name, values]) => [name, { shape: [values.length], values }]),
          );
          const decoded = decodeSafetensors(encodeSafetensors(tensors, metadata));
          expect(decoded.tensors.size).toBe(tensors.size);
          for (const [name, { shape, values }] of tensors) {
            const found = decoded.tensors.get(name)!;
            expect(found.shape).toEqual(shape);
            expect(found.values).toEqual(values);
          }
          expect({ ...decoded.metadata }).toEqual({ ...metadata });
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it("reads a part of other memory, such as one of Node's small Buffers", () => {
    const values = Float32Array.of(1, -2, 3);
    const bytes = Buffer.from(encodeSafetensors(new Map([['a', { shape: [3], values }]])));
    expect(bytes.buffer.byteLength).toBeGreaterThan(bytes.length);
    expect(decodeSafetensors(bytes).tensors.get('a')!.values).toEqual(values);
  });

  it('widens F16 and BF16 exactly', () => {
    const codes = [0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0xfc00, 0x8000, 0x3555];
    const half = decodeSafetensors(
      file(
        { h: { dtype: 'F16', shape: [9], data_offsets: [0, 18] } },
        new Uint8Array(Uint16Array.from(codes).buffer),
      ),
    );
    expect(half.tensors.get('h')!.values).toEqual(
      Float32Array.of(1, -2, 2 ** -24, 1023 * 2 ** -24, 65504, Infinity, -Infinity, -0, 0.333251953125),
    );
    const brain = decodeSafetensors(
      file(
        { b: { dtype: 'BF16', shape: [3, 1], data_offsets: [0, 6] } },
        new Uint8Array(Uint16Array.of(0x3f80, 0xc040, 0x0001).buffer),
      ),
    );
    expect(brain.tensors.get('b')!.values).toEqual(Float32Array.of(1, -3, 2 ** -133));
  });
});
