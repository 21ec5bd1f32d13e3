import { isAlignment } from './encode-gguf.ts';
import type { ByteSource } from '../safetensors/byte-source.ts';
import { HeaderCursor, readExactly } from './header-cursor.ts';
import {
  DEFAULT_ALIGNMENT,
  MAGIC,
  MAX_ALIGNMENT,
  MAX_KEY_BYTES,
  MAX_KEYS,
  MAX_TENSORS,
  VERSION,
} from './limits.ts';
import type { GgufValue, GgufValueType } from './metadata.ts';
import { readTensorInfos } from './read-tensor-infos.ts';
import type { GgufTensorInfo } from './read-tensor-infos.ts';
import { readValue, readValueType, skipValue } from './read-value.ts';

/** A GGUF file that was checked. */
export interface GgufFile {
  /** Keys of the metadata, in order. */
  readonly keys: readonly string[];
  /** Bytes that tensors are aligned to. */
  readonly alignment: number;
  /** Tensors by name, in order. */
  readonly tensors: ReadonlyMap<string, GgufTensorInfo>;
  /**
   * The value of a key, decoded now; undefined where there is none.
   *
   * @throws RangeError when a string in it is not UTF-8
   */
  value(key: string): GgufValue | undefined;
  /**
   * Items of an array, or undefined where the key has no array: what decoding it would cost.
   */
  itemCount(key: string): number | undefined;
  /**
   * The bytes of a tensor, or those of it from `start` to before `end`, read now.
   *
   * @throws RangeError when there is no such tensor, or it has no such bytes
   */
  readTensor(name: string, start?: number, end?: number): Uint8Array;
}

/**
 * Reads the header of a GGUF file of version 2 or 3, little-endian. Only an index of keys and tensors is kept; values
 * and tensors are read when they are asked for. Nothing in the file is trusted before it is checked against the bytes
 * there are, so neither counts nor lengths can make it allocate more than the file has.
 *
 * @throws RangeError naming the field that is malformed: magic, version, counts, lengths, offsets, names that come twice
 * @throws TypeError naming the field of a type that is not known
 */
export function readGguf(source: ByteSource): GgufFile {
  const cursor = new HeaderCursor(source);
  readVersion(cursor);
  // A tensor info has at least a name of one byte, a type and an offset; a key at least one byte and a value of one.
  const tensorCount = cursor.count('the number of tensors', 8 + 1 + 4 + 4 + 8, MAX_TENSORS);
  const keyCount = cursor.count('the number of keys', 8 + 1 + 4 + 1, MAX_KEYS);
  const entries = readKeys(cursor, keyCount);
  const value = (key: string): GgufValue | undefined => {
    const entry = entries.get(key);
    return entry && readValue(new HeaderCursor(source, entry.at), entry.type, JSON.stringify(key));
  };
  const alignment = alignmentOf(value('general.alignment'));
  const tensors = readTensorInfos(cursor, tensorCount, alignment, source.size);
  return {
    keys: [...entries.keys()],
    alignment,
    tensors,
    value,
    itemCount: (key) => {
      const entry = entries.get(key);
      if (entry?.type !== 'array') return undefined;
      return new HeaderCursor(source, entry.at + 4).count(`the number of items of ${key}`, 1);
    },
    readTensor: (name, start = 0, end) => {
      const info = tensors.get(name);
      if (info === undefined)
        throw new RangeError(`readGguf: the file has no tensor ${JSON.stringify(name)}`);
      const stop = end ?? info.byteLength;
      if (!(start >= 0 && start <= stop && stop <= info.byteLength)) {
        throw new RangeError(
          `readGguf: bytes of ${name} must be within its ${info.byteLength}, but got ${start} to ${stop}`,
        );
      }
      return readExactly(source, info.offset + start, stop - start);
    },
  };
}

function readVersion(cursor: HeaderCursor): void {
  const magic = cursor.uint32('the magic number');
  if (magic !== MAGIC) {
    throw new RangeError(
      `readGguf: a file must begin with "GGUF", but begins with 0x${magic.toString(16).padStart(8, '0')}; is it a GGUF file?`,
    );
  }
  const version = cursor.uint32('the version');
  if (version !== 2 && version !== VERSION) {
    const hint = version > 0xffff ? '; it is big-endian' : '';
    throw new RangeError(`readGguf: the version must be 2 or ${VERSION}, but got ${version}${hint}`);
  }
}

interface KeyEntry {
  readonly type: GgufValueType;
  /** Where the value begins. */
  readonly at: number;
}

function readKeys(cursor: HeaderCursor, count: number): Map<string, KeyEntry> {
  const entries = new Map<string, KeyEntry>();
  for (let i = 0; i < count; i++) {
    const key = cursor.string(`key ${i}`, MAX_KEY_BYTES);
    const field = JSON.stringify(key);
    if (key === '') throw new RangeError(`readGguf: key ${i} must not be empty`);
    if (entries.has(key)) throw new RangeError(`readGguf: keys must be unique, but ${field} comes twice`);
    const type = readValueType(cursor, field);
    entries.set(key, { type, at: cursor.at });
    skipValue(cursor, type, field);
  }
  return entries;
}

function alignmentOf(entry: GgufValue | undefined): number {
  if (entry === undefined) return DEFAULT_ALIGNMENT;
  if (entry.type !== 'uint32' || !isAlignment(entry.value)) {
    throw new RangeError(
      `readGguf: general.alignment must be a uint32 that is a power of two from 8 to ${MAX_ALIGNMENT}, but is ${entry.type} ${entry.type === 'array' ? '' : String(entry.value)}`,
    );
  }
  return entry.value;
}
