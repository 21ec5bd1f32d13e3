import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gguf, GGMLQuantizationType } from '@huggingface/gguf';
import { encodeGguf, ggufTensorBytes, memorySource, readGguf } from '@nibble-ml/llama';
import type { GgufArray, GgufTensorToWrite, GgufType, GgufValue } from '@nibble-ml/llama';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'nibble-hugging-face-gguf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const array = (value: GgufArray): GgufValue => ({ type: 'array', value });
const metadata = new Map<string, GgufValue>([
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['general.alignment', { type: 'uint32', value: 64 }],
  ['scalar.uint8', { type: 'uint8', value: 255 }],
  ['scalar.int8', { type: 'int8', value: -128 }],
  ['scalar.uint16', { type: 'uint16', value: 65_535 }],
  ['scalar.int16', { type: 'int16', value: -32_768 }],
  ['scalar.uint32', { type: 'uint32', value: 4_294_967_295 }],
  ['scalar.int32', { type: 'int32', value: -2_147_483_648 }],
  ['scalar.float32', { type: 'float32', value: Math.fround(1e-5) }],
  ['scalar.float64', { type: 'float64', value: Math.PI }],
  ['scalar.uint64', { type: 'uint64', value: 2n ** 63n + 1n }],
  ['scalar.int64', { type: 'int64', value: -(2n ** 62n) }],
  ['scalar.bool', { type: 'bool', value: true }],
  ['scalar.string', { type: 'string', value: 'naïve 🐋' }],
  ['array.string', array({ of: 'string', items: ['', 'a', 'Ġwhale'] })],
  ['array.int32', array({ of: 'int32', items: Int32Array.of(1, -2, 3) })],
  ['array.float32', array({ of: 'float32', items: Float32Array.of(0.5, -1) })],
  ['array.bool', array({ of: 'bool', items: Uint8Array.of(1, 0) })],
  ['array.empty', array({ of: 'uint64', items: new BigUint64Array(0) })],
]);
const shapes: readonly [GgufType, number[]][] = [
  ['F32', [5]],
  ['F16', [3, 7]],
  ['BF16', [2, 3, 4]],
  ['Q8_0', [3, 64]],
  ['MXFP4', [2, 96]],
  ['NVFP4', [4, 128]],
  ['F32', [1, 2, 3, 4]],
];
const tensors: GgufTensorToWrite[] = shapes.map(([type, shape], i) => ({
  name: `blk.${i}.weight`,
  type,
  shape,
  bytes: () => new Uint8Array(ggufTensorBytes(type, shape)).fill(i + 1),
}));

it("reads what we write with Hugging Face's parser: every type of metadata, shapes and offsets of tensors", async () => {
  const path = join(folder, 'model.gguf');
  const bytes = Buffer.concat([...encodeGguf(metadata, tensors).chunks]);
  writeFileSync(path, bytes);
  const theirs = await gguf(path, { allowLocalFile: true, typedMetadata: true });
  const plain = (value: GgufValue): unknown => {
    if (value.type !== 'array') return value.value;
    const { of, items } = value.value;
    return of === 'bool' ? Array.from(items, Boolean) : [...items];
  };
  const {
    version,
    tensor_count: count,
    kv_count: keys,
    ...entries
  } = theirs.metadata as Record<string, unknown>;
  expect([version, count, keys]).toEqual([3, 7n, 19n]);
  expect(entries).toEqual(Object.fromEntries([...metadata].map(([key, value]) => [key, plain(value)])));
  const ours = readGguf(memorySource(path, bytes));
  const infos = theirs.tensorInfos.map(({ name, dtype, shape, offset }) => ({
    name,
    type: GGMLQuantizationType[dtype],
    shape: shape.map(Number).toReversed(),
    offset: Number(theirs.tensorDataOffset + offset),
  }));
  expect(infos).toEqual(
    [...ours.tensors].map(([name, { type, shape, offset }]) => ({ name, type, shape, offset })),
  );
  for (const [i, { offset }] of infos.entries()) expect(bytes[offset]).toBe(i + 1);
});
