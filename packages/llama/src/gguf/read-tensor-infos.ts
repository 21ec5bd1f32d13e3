import { ggufBlockElements, ggufTensorBytes, ggufTypeOf } from './gguf-type.ts';
import type { GgufType } from './gguf-type.ts';
import type { HeaderCursor } from './header-cursor.ts';
import { MAX_DIMENSIONS, MAX_NAME_BYTES } from './limits.ts';

/** A tensor of a file. */
export interface GgufTensorInfo {
  /** How the bytes are read. */
  readonly type: GgufType;
  /** Outermost dimension first. */
  readonly shape: readonly number[];
  /** Where its bytes begin in the file. */
  readonly offset: number;
  /** Bytes of the tensor in the file. */
  readonly byteLength: number;
}

/** A tensor info whose offset still counts from where the data begins. */
type RelativeInfo = GgufTensorInfo & { readonly name: string };

/**
 * Reads the tensor infos at the cursor, which end the header, and checks that the tensors are where ggml wants them and
 * fill the file.
 *
 * @param size - bytes of the file
 * @throws RangeError when a name comes twice, or a tensor is not where it has to be
 */
export function readTensorInfos(
  cursor: HeaderCursor,
  count: number,
  alignment: number,
  size: number,
): Map<string, GgufTensorInfo> {
  const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;
  const infos: RelativeInfo[] = [];
  const names = new Set<string>();
  let end = 0;
  for (let i = 0; i < count; i++) {
    const info = readTensorInfo(cursor, i);
    const field = JSON.stringify(info.name);
    if (names.has(info.name)) {
      throw new RangeError(`readGguf: tensor names must be unique, but ${field} comes twice`);
    }
    names.add(info.name);
    if (info.offset % alignment !== 0) {
      throw new RangeError(
        `readGguf: the offset of tensor ${field} must be a multiple of ${alignment}, but got ${info.offset}`,
      );
    }
    // As ggml wants it: tensors lie in the order of their infos, without overlap and without holes.
    if (info.offset !== end) {
      throw new RangeError(
        `readGguf: the offset of tensor ${field} must be ${end}, where the tensor before it ends, but got ${info.offset}`,
      );
    }
    end = info.offset + aligned(info.byteLength);
    infos.push(info);
  }
  const dataStart = aligned(cursor.at);
  const tensors = new Map<string, GgufTensorInfo>();
  for (const { name, ...info } of infos) {
    const offset = dataStart + info.offset;
    if (offset + info.byteLength > size) {
      throw new RangeError(
        `readGguf: tensor ${JSON.stringify(name)} must end within the ${size} bytes of the file, but ends at ${offset + info.byteLength}; the file is cut off`,
      );
    }
    tensors.set(name, { ...info, offset });
  }
  if (size > dataStart + end) {
    throw new RangeError(
      `readGguf: the file must end with its last tensor, at ${dataStart + end}, but has ${size} bytes`,
    );
  }
  return tensors;
}

function readTensorInfo(cursor: HeaderCursor, index: number): RelativeInfo {
  const name = cursor.string(`the name of tensor ${index}`, MAX_NAME_BYTES);
  if (name === '') throw new RangeError(`readGguf: the name of tensor ${index} must not be empty`);
  const field = `tensor ${JSON.stringify(name)}`;
  const dimensions = cursor.uint32(`the number of dimensions of ${field}`);
  if (dimensions > MAX_DIMENSIONS) {
    throw new RangeError(
      `readGguf: the number of dimensions of ${field} must be at most ${MAX_DIMENSIONS}, but got ${dimensions}`,
    );
  }
  const shape: number[] = [];
  for (let d = 0; d < dimensions; d++) {
    const length = cursor.view(8, `dimension ${d} of ${field}`).getBigUint64(0, true);
    if (length === 0n || length > Number.MAX_SAFE_INTEGER) {
      throw new RangeError(`readGguf: dimension ${d} of ${field} must be 1 to 2^53 - 1, but got ${length}`);
    }
    shape.unshift(Number(length));
  }
  const id = cursor.uint32(`the type of ${field}`);
  const type = ggufTypeOf(id);
  if (type === undefined) {
    throw new TypeError(`readGguf: the type of ${field} must be one that ggml has, but got ${id}`);
  }
  const row = shape.at(-1) ?? 1;
  if (row % ggufBlockElements(type) !== 0) {
    throw new RangeError(
      `readGguf: dimension 0 of ${field} must be a multiple of ${ggufBlockElements(type)}, being ${type}, but got ${row}`,
    );
  }
  if (shape.reduce((product, length) => product * length, 1) > Number.MAX_SAFE_INTEGER / 8) {
    throw new RangeError(
      `readGguf: the shape of ${field} must have fewer than 2^50 elements, but got [${shape.join(', ')}]`,
    );
  }
  const offset = cursor.view(8, `the offset of ${field}`).getBigUint64(0, true);
  if (offset > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`readGguf: the offset of ${field} must be in the file, but got ${offset}`);
  }
  return { name, type, shape, offset: Number(offset), byteLength: ggufTensorBytes(type, shape) };
}
