import { ByteWriter } from '../src/gguf/byte-writer.ts';
import type { EncodedGguf, GgufTensorToWrite } from '../src/gguf/encode-gguf.ts';
import { ggufTensorBytes } from '../src/gguf/gguf-type.ts';
import type { GgufType } from '../src/gguf/gguf-type.ts';

/** All of a file at once. */
export function joined({ byteLength, chunks }: EncodedGguf): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at !== byteLength) throw new Error(`joined: ${byteLength} bytes were announced, but got ${at}`);
  return bytes;
}

/** A tensor whose bytes are all `fill`. */
export function tensor(name: string, type: GgufType, shape: readonly number[], fill = 1): GgufTensorToWrite {
  return { name, type, shape, bytes: () => new Uint8Array(ggufTensorBytes(type, shape)).fill(fill) };
}

/** A file of hand-written parts: what {@link encodeGguf} would refuse. */
export function file(build: (writer: ByteWriter) => void, data = 0): Uint8Array {
  const writer = new ByteWriter();
  build(writer);
  const head = writer.finish(32);
  const bytes = new Uint8Array(head.length + data);
  bytes.set(head);
  return bytes;
}

/** What every file begins with. */
export function header(
  writer: ByteWriter,
  tensors: number | bigint,
  keys: number | bigint,
  version = 3,
): void {
  writer.uint32(0x4655_4747);
  writer.uint32(version);
  writer.uint64(tensors);
  writer.uint64(keys);
}

/** A tensor info, true or not. */
export interface RawInfo {
  readonly name?: string;
  readonly dimensions?: readonly (number | bigint)[];
  readonly type?: number;
  readonly offset?: number | bigint;
}

function info(
  writer: ByteWriter,
  { name = 'a', dimensions = [8], type = 0, offset = 0 }: RawInfo = {},
): void {
  writer.string(name);
  writer.uint32(dimensions.length);
  for (const length of dimensions) writer.uint64(length);
  writer.uint32(type);
  writer.uint64(offset);
}

/** A file with these tensor infos and as many bytes behind them. */
export function withInfos(infos: readonly RawInfo[], data: number): Uint8Array {
  return file((writer) => {
    header(writer, infos.length, 0);
    for (const each of infos) info(writer, each);
  }, data);
}

/** A file with one key, whose value is written by hand. */
export function withKey(build: (writer: ByteWriter) => void): Uint8Array {
  return file((writer) => {
    header(writer, 0, 1);
    writer.string('k');
    build(writer);
  });
}
