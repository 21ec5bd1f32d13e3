import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined, tensor, withInfos } from '../../test/gguf-bytes.ts';
import { encodeGguf } from './encode-gguf.ts';
import { memorySource } from '../safetensors/byte-source.ts';
import { ggufTensorBytes } from './gguf-type.ts';
import type { GgufType } from './gguf-type.ts';
import type { GgufArray, GgufValue } from './metadata.ts';
import { readGguf } from './read-gguf.ts';

const NUMBERS = { uint8: 8, uint16: 16, uint32: 32 } as const;
const scalars: fc.Arbitrary<GgufValue> = fc.oneof(
  ...Object.entries(NUMBERS).flatMap(([type, bits]) => [
    fc.nat(2 ** bits - 1).map((value) => ({ type, value }) as GgufValue),
    fc
      .integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
      .map((value) => ({ type: type.slice(1), value }) as GgufValue),
  ]),
  fc.float().map((value) => ({ type: 'float32', value }) as const),
  fc.double().map((value) => ({ type: 'float64', value }) as const),
  fc.boolean().map((value) => ({ type: 'bool', value }) as const),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => ({ type: 'uint64', value }) as const),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ type: 'int64', value }) as const),
  fc.string({ unit: 'grapheme' }).map((value) => ({ type: 'string', value }) as const),
);
const flat: fc.Arbitrary<GgufArray> = fc.oneof(
  fc.array(fc.string({ unit: 'grapheme' })).map((items) => ({ of: 'string', items }) as const),
  fc.uint8Array().map((items) => ({ of: 'uint8', items }) as const),
  fc.int16Array().map((items) => ({ of: 'int16', items }) as const),
  fc.int32Array().map((items) => ({ of: 'int32', items }) as const),
  fc.float32Array().map((items) => ({ of: 'float32', items }) as const),
  fc.float64Array().map((items) => ({ of: 'float64', items }) as const),
  fc.bigUint64Array().map((items) => ({ of: 'uint64', items }) as const),
  fc.array(fc.boolean()).map((items) => ({ of: 'bool', items: Uint8Array.from(items, Number) }) as const),
);
const values: fc.Arbitrary<GgufValue> = fc.oneof(
  scalars,
  flat.map((value) => ({ type: 'array', value }) as const),
  fc.array(flat).map((items) => ({ type: 'array', value: { of: 'array', items } }) as const),
);
const keys = fc.string({ minLength: 1, unit: 'grapheme' }).filter((key) => key !== 'general.alignment');
const tensors = fc.uniqueArray(
  fc.record({
    name: fc.string({ minLength: 1, maxLength: 20 }),
    type: fc.constantFrom<GgufType>('F32', 'F16', 'BF16', 'Q8_0', 'MXFP4', 'NVFP4', 'Q6_K'),
    shape: fc
      .tuple(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }), fc.constantFrom(256, 512))
      .map(([outer, row]) => outer.concat(row)),
    fill: fc.nat(255),
  }),
  { selector: ({ name }) => name, maxLength: 4 },
);

describe('readGguf', () => {
  it('reads what encodeGguf writes', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(keys, values), { selector: ([key]) => key }),
        fc.constantFrom(undefined, 8, 64),
        tensors,
        (entries, alignment, written) => {
          const metadata = new Map<string, GgufValue>(entries);
          if (alignment !== undefined) {
            metadata.set('general.alignment', { type: 'uint32', value: alignment });
          }
          const bytes = joined(
            encodeGguf(
              metadata,
              written.map(({ name, type, shape, fill }) => tensor(name, type, shape, fill)),
            ),
          );
          const read = readGguf(memorySource('test.gguf', bytes));
          expect(read.keys).toEqual([...metadata.keys()]);
          for (const [key, value] of metadata) {
            expect(read.value(key)).toEqual(value);
            expect(read.itemCount(key)).toBe(value.type === 'array' ? value.value.items.length : undefined);
          }
          expect([...read.tensors.keys()]).toEqual(written.map(({ name }) => name));
          for (const { name, type, shape, fill } of written) {
            const found = read.tensors.get(name)!;
            expect([found.type, found.shape]).toEqual([type, shape]);
            expect(found.offset % (alignment ?? 32)).toBe(0);
            const data = read.readTensor(name);
            expect(data.length).toBe(ggufTensorBytes(type, shape));
            expect(data.every((byte) => byte === fill)).toBe(true);
          }
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it("reads Node's Buffer, of which slices share the bytes", () => {
    const items = Int32Array.of(1, 2, 3);
    const bytes = joined(encodeGguf(new Map([['k', { type: 'array', value: { of: 'int32', items } }]]), []));
    const pooled = Buffer.concat([bytes]);
    expect(readGguf(memorySource('test.gguf', pooled)).value('k')).toEqual({
      type: 'array',
      value: { of: 'int32', items },
    });
  });

  it('knows no value and no tensor that is not there', () => {
    const read = readGguf(memorySource('test.gguf', joined(encodeGguf(new Map(), []))));
    expect(read.value('k')).toBeUndefined();
    expect(() => read.readTensor('a')).toThrow('the file has no tensor "a"');
    const one = readGguf(memorySource('test.gguf', withInfos([{}], 32)));
    expect(one.readTensor('a', 4, 12)).toHaveLength(8);
    expect(() => one.readTensor('a', 0, 33)).toThrow('bytes of a must be within its 32, but got 0 to 33');
  });

  it('takes a last tensor that is not padded, as some writers leave it', () => {
    expect(
      readGguf(memorySource('test.gguf', withInfos([{ dimensions: [3] }], 12))).tensors.get('a')!.byteLength,
    ).toBe(12);
  });

  it('keeps an index, and reads what it checks a window at a time', () => {
    const items = Array.from({ length: 100_000 }, () => '');
    const bytes = joined(
      encodeGguf(
        new Map([
          ['strings', { type: 'array', value: { of: 'string', items } }],
          ['numbers', { type: 'array', value: { of: 'float64', items: new Float64Array(100_000) } }],
        ]),
        [tensor('a', 'F32', [100_000])],
      ),
    );
    const lengths: number[] = [];
    const read = readGguf({
      name: 'test.gguf',
      size: bytes.length,
      read: (offset, length) => {
        lengths.push(length);
        return bytes.slice(offset, offset + length);
      },
    });
    expect(Math.max(...lengths)).toBeLessThanOrEqual(65_536);
    // Neither numbers nor tensors are read before they are asked for.
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(1_000_000);
    expect(read.itemCount('strings')).toBe(100_000);
    expect(read.value('strings')).toEqual({ type: 'array', value: { of: 'string', items } });
  });

  const valid = joined(
    encodeGguf(
      new Map<string, GgufValue>([
        ['general.architecture', { type: 'string', value: 'llama' }],
        ['flags', { type: 'array', value: { of: 'bool', items: Uint8Array.of(0, 1) } }],
        ['tokens', { type: 'array', value: { of: 'string', items: ['a', 'bé', ''] } }],
        [
          'nested',
          { type: 'array', value: { of: 'array', items: [{ of: 'int32', items: Int32Array.of(1) }] } },
        ],
      ]),
      [tensor('a', 'F32', [2, 4]), tensor('b', 'MXFP4', [1, 32])],
    ),
  );
  /** Reads all there is and returns what was thrown. */
  const readAll = (bytes: Uint8Array, largest = { bytes: 0 }): unknown => {
    try {
      const read = readGguf({
        name: 'test.gguf',
        size: bytes.length,
        read: (offset, length) => {
          expect(offset + length).toBeLessThanOrEqual(bytes.length);
          largest.bytes = Math.max(largest.bytes, length);
          return bytes.slice(offset, offset + length);
        },
      });
      for (const key of read.keys) read.value(key);
      for (const name of read.tensors.keys()) read.readTensor(name);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const isExpected = (error: unknown): boolean =>
    error === undefined ||
    (/^(Range|Type)Error$/.test((error as Error).name) && (error as Error).message.startsWith('readGguf: '));

  it('answers any bytes with a file or an error that names the field, and never reads past the end', () => {
    expect(readAll(valid)).toBeUndefined();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 5 }),
        fc.oneof(fc.constant(valid.length), fc.nat(valid.length)),
        (changes, length) => {
          const bytes = valid.slice(0, length);
          for (const [at, value] of changes) if (at < length) bytes[at] = value;
          const error = readAll(bytes);
          if (!isExpected(error)) throw error;
        },
      ),
      { seed: 2, numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        const bytes = new Uint8Array(24 + tail.length);
        bytes.set(valid.subarray(0, 24));
        bytes.set(tail, 24);
        const error = readAll(bytes);
        if (!isExpected(error)) throw error;
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it('refuses every file that is cut off', () => {
    // The last tensor is padded, and the padding may be missing.
    const end = valid.length - (32 - 17);
    for (let length = 0; length < end; length++) {
      expect(readAll(valid.slice(0, length)), `${length} bytes`).toBeInstanceOf(RangeError);
    }
    expect(readAll(valid.slice(0, end))).toBeUndefined();
  });
});
