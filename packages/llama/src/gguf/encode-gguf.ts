import { ByteWriter } from './byte-writer.ts';
import { checkMetadata } from './check-metadata.ts';
import { ggufTensorBytes, ggufTypeId } from './gguf-type.ts';
import type { GgufType } from './gguf-type.ts';
import {
  DEFAULT_ALIGNMENT,
  MAGIC,
  MAX_ALIGNMENT,
  MAX_DIMENSIONS,
  MAX_NAME_BYTES,
  VERSION,
} from './limits.ts';
import { valueTypeId } from './metadata.ts';
import type { GgufMetadata } from './metadata.ts';

/** A tensor to write. */
export interface GgufTensorToWrite {
  /** At most 63 bytes of UTF-8. */
  readonly name: string;
  /** How the bytes are read. */
  readonly type: GgufType;
  /** Outermost dimension first, `[out, in]` of a weight; a file lists them the other way round. */
  readonly shape: readonly number[];
  /** Gives the bytes, in the order of the shape; called once, when all before are written. */
  readonly bytes: () => Uint8Array;
}

/** A GGUF file in parts. */
export interface EncodedGguf {
  /** Bytes of the whole file. */
  readonly byteLength: number;
  /** The parts in order; each tensor is asked for its bytes only when its turn comes. */
  readonly chunks: Iterable<Uint8Array>;
}

/**
 * Encodes a GGUF file of version 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): header, metadata, tensor
 * infos, then the tensors, aligned to `general.alignment` or 32 bytes. No more than one tensor is in memory at a time.
 *
 * @throws RangeError naming the key, the tensor or the field that a file cannot hold, before any byte is made; while the
 * chunks are taken, when a tensor's bytes are not as many as its type and shape need
 */
export function encodeGguf(metadata: GgufMetadata, tensors: readonly GgufTensorToWrite[]): EncodedGguf {
  checkMetadata('encodeGguf', metadata);
  const alignment = alignmentOf(metadata);
  const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;
  const sizes = checkTensors(tensors);
  const writer = new ByteWriter();
  writer.uint32(MAGIC);
  writer.uint32(VERSION);
  writer.uint64(tensors.length);
  writer.uint64(metadata.size);
  for (const [key, value] of metadata) {
    writer.string(key);
    writer.uint32(valueTypeId(value.type));
    writer.value(value);
  }
  let offset = 0;
  for (const [index, { name, type, shape }] of tensors.entries()) {
    writer.string(name);
    writer.uint32(shape.length);
    for (const length of shape.toReversed()) writer.uint64(length);
    writer.uint32(ggufTypeId(type));
    writer.uint64(offset);
    offset += aligned(sizes[index]!);
  }
  const header = writer.finish(alignment);
  return {
    byteLength: header.length + offset,
    chunks: {
      *[Symbol.iterator]() {
        yield header;
        for (const [index, { name, bytes }] of tensors.entries()) {
          const size = sizes[index]!;
          const data = bytes();
          if (data.length !== size) {
            throw new RangeError(
              `encodeGguf: tensor ${name} must have ${size} bytes, but got ${data.length}`,
            );
          }
          yield data;
          if (aligned(size) > size) yield new Uint8Array(aligned(size) - size);
        }
      },
    },
  };
}

function alignmentOf(metadata: GgufMetadata): number {
  const entry = metadata.get('general.alignment');
  if (entry === undefined) return DEFAULT_ALIGNMENT;
  if (entry.type !== 'uint32' || !isAlignment(entry.value)) {
    throw new RangeError(
      `encodeGguf: general.alignment must be a uint32 that is a power of two from 8 to ${MAX_ALIGNMENT}, but got ${String(entry.value)}`,
    );
  }
  return entry.value;
}

/** Whether tensors can be aligned so: to a power of two of at least the greatest element. */
export function isAlignment(value: number): boolean {
  return value >= 8 && value <= MAX_ALIGNMENT && Number.isInteger(Math.log2(value));
}

/** Checks names and shapes and returns the size of each tensor in bytes. */
function checkTensors(tensors: readonly GgufTensorToWrite[]): number[] {
  const names = new Set<string>();
  return tensors.map(({ name, type, shape }) => {
    const bytes = new TextEncoder().encode(name).length;
    if (bytes === 0 || bytes > MAX_NAME_BYTES) {
      throw new RangeError(
        `encodeGguf: a tensor name must have 1 to ${MAX_NAME_BYTES} bytes, but ${JSON.stringify(name)} has ${bytes}`,
      );
    }
    if (names.has(name))
      throw new RangeError(`encodeGguf: tensor names must be unique, but ${name} comes twice`);
    names.add(name);
    if (
      shape.length > MAX_DIMENSIONS ||
      !shape.every((length) => Number.isSafeInteger(length) && length > 0)
    ) {
      throw new RangeError(
        `encodeGguf: the shape of ${name} must be at most ${MAX_DIMENSIONS} positive integers, but got [${shape.join(', ')}]`,
      );
    }
    return ggufTensorBytes(type, shape);
  });
}
