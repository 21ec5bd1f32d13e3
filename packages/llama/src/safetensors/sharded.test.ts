import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from './byte-source.ts';
import { tensorBytes } from './encode-header.ts';
import type { TensorToDeclare } from './encode-header.ts';
import { encodeSafetensors } from './encode-safetensors.ts';
import { openSharded } from './open-sharded.ts';
import { planShards } from './plan-shards.ts';
import type { SafetensorsReader } from './safetensors.ts';
import { SafetensorsError } from './safetensors-error.ts';

const one = encodeSafetensors(new Map([['a', { shape: [2], values: Float32Array.of(1, 2) }]]));
const other = encodeSafetensors(
  new Map([
    ['b', { shape: [1], values: Int32Array.of(3) }],
    ['c', { shape: [], values: Uint8Array.of(4) }],
  ]),
);
const files: Record<string, Uint8Array> = { 'one.safetensors': one, 'other.safetensors': other };
const weightMap = { a: 'one.safetensors', b: 'other.safetensors', c: 'other.safetensors' };

function open(index: unknown): SafetensorsReader {
  return openSharded(typeof index === 'string' ? index : JSON.stringify(index), (name) => {
    const bytes = Object.hasOwn(files, name) ? files[name]! : undefined;
    if (bytes === undefined) throw new SafetensorsError(name, 'the file', 'is missing');
    return memorySource(name, bytes);
  });
}

/** Whether an index is refused; throws when that is by another kind of error. */
function isRefused(index: string): boolean {
  try {
    open(index);
    return false;
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    return true;
  }
}

describe('openSharded', () => {
  it('reads each tensor from its shard', () => {
    const reader = open({ metadata: { total_size: 13, nested: [{ a: null }] }, weight_map: weightMap });
    expect([...reader.tensors].map(([name, { file }]) => [name, file])).toEqual(Object.entries(weightMap));
    expect(reader.read('a')).toEqual(Float32Array.of(1, 2));
    expect(reader.read('a', 1, 2)).toEqual(Float32Array.of(2));
    expect(reader.read('b')).toEqual(Int32Array.of(3));
    expect(reader.read('c')).toEqual(Uint8Array.of(4));
    expect(() => reader.read('d')).toThrow('model.safetensors.index.json: tensor "d" is missing');
    expect(() => reader.read('a', 0, 3)).toThrow('start and end must be from 0 to 2, but got 0 and 3');
  });

  it.each([
    '../one.safetensors',
    '/etc/one.safetensors',
    'sub/one.safetensors',
    '..\\one.safetensors',
    'C:one.safetensors',
    'C:\\one.safetensors',
    '.safetensors',
    '..safetensors',
    '.one.safetensors',
    'one.safetensors/',
    'one.safetensors\u0000.safetensors',
    'one.safetensors:stream.safetensors',
    'file:one.safetensors',
    'one.bin',
    '',
    `${'n'.repeat(300)}.safetensors`,
  ])('refuses a shard that is not a file of the folder: %j', (shard) => {
    let error: unknown;
    try {
      open({ weight_map: { ...weightMap, b: shard } });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      name: 'SafetensorsError',
      file: 'model.safetensors.index.json',
      field: 'the shard of tensor "b"',
    });
    expect((error as Error).message).toContain('must be the name of a .safetensors file of the same folder');
  });

  it.each<[string, unknown, string]>([
    ['no object', '[]', 'the index must be JSON of the format'],
    ['no map', { metadata: {} }, 'weight_map is missing'],
    ['an empty map', { weight_map: {} }, 'weight_map must name a tensor, but is empty'],
    ['a number for a shard', { weight_map: { a: 1 } }, 'the shard of tensor "a" must be JSON of the format'],
    [
      'a tensor that comes twice',
      '{"weight_map":{"a":"one.safetensors","a":"other.safetensors"}}',
      'weight_map the key "a" must come once, but comes twice',
    ],
    ['two maps', '{"weight_map":{},"weight_map":{}}', 'the key "weight_map" must come once'],
    ['too deep', `{"x":${'['.repeat(99)}${']'.repeat(99)}}`, '"x" must be JSON of the format'],
    ['a missing file', { weight_map: { z: 'z.safetensors' } }, 'z.safetensors: the file is missing'],
    [
      'a tensor that is not in its shard',
      { weight_map: { ...weightMap, d: 'one.safetensors' } },
      'one.safetensors: tensor "d" is missing',
    ],
    [
      'a tensor that is not in the index',
      { weight_map: { a: 'one.safetensors', b: 'other.safetensors' } },
      'other.safetensors: tensor "c" must be in the index, but is not',
    ],
  ])('refuses an index with %s', (_, index, message) => {
    expect(() => open(index)).toThrow(SafetensorsError);
    expect(() => open(index)).toThrow(message);
  });

  it('answers any index with tensors or a SafetensorsError', () => {
    let refused = 0;
    const valid = JSON.stringify({ metadata: { total_size: 13 }, weight_map: weightMap });
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(valid.length), drop: fc.nat(2), add: fc.string({ maxLength: 2 }) }), {
          maxLength: 3,
        }),
        (changes) => {
          let text = valid;
          for (const { at, drop, add } of changes) text = text.slice(0, at) + add + text.slice(at + drop);
          if (isRefused(text)) refused++;
        },
      ),
      { seed: 4, numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});

describe('planShards', () => {
  const tensor = (name: string, length: number): TensorToDeclare => ({ name, dtype: 'U8', shape: [length] });

  it('fills files in order and names them as Hugging Face does', () => {
    const { shards, index } = planShards([tensor('a', 3), tensor('b', 2), tensor('c', 6), tensor('d', 1)], 5);
    expect(shards.map(({ file, tensors }) => [file, tensors.map(({ name }) => name).join()])).toEqual([
      ['model-00001-of-00003.safetensors', 'a,b'],
      ['model-00002-of-00003.safetensors', 'c'],
      ['model-00003-of-00003.safetensors', 'd'],
    ]);
    expect(index).toEqual({
      metadata: { total_size: 12 },
      weight_map: {
        a: 'model-00001-of-00003.safetensors',
        b: 'model-00001-of-00003.safetensors',
        c: 'model-00002-of-00003.safetensors',
        d: 'model-00003-of-00003.safetensors',
      },
    });
  });

  it('needs no index for one file', () => {
    const { shards, index } = planShards([tensor('a', 3)], Infinity);
    expect(shards.map(({ file }) => file)).toEqual(['model.safetensors']);
    expect(index).toBeNull();
    expect(() => planShards([], 0)).toThrow('maxBytes must be positive, but got 0');
  });

  it('keeps every tensor, in order, and below the size unless one alone is larger', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1 }), fc.integer({ min: 1, max: 30 }), (sizes, most) => {
        const tensors = sizes.map((size, i) => tensor(`t${i}`, size));
        const { shards } = planShards(tensors, most);
        expect(shards.flatMap((shard) => shard.tensors)).toEqual(tensors);
        for (const shard of shards) {
          const bytes = shard.tensors.reduce((sum, t) => sum + tensorBytes(t), 0);
          expect(bytes <= most || shard.tensors.filter((t) => tensorBytes(t) > 0).length === 1).toBe(true);
        }
      }),
      { seed: 5 },
    );
  });
});
