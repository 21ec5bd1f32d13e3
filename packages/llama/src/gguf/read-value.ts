import type { HeaderCursor } from './header-cursor.ts';
import { MAX_ARRAY_DEPTH } from './limits.ts';
import { hasFixedSize, VALUE_BYTES, valueTypeOf } from './metadata.ts';
import type { GgufArray, GgufNumberArrays, GgufValue, GgufValueType } from './metadata.ts';

/** Bytes of the least value: the number itself, or what says how long the value is. */
function leastBytes(type: GgufValueType): number {
  if (hasFixedSize(type)) return VALUE_BYTES[type];
  return type === 'string' ? 8 : 12;
}

/**
 * Reads the number of a metadata type.
 *
 * @throws TypeError when there is no such type
 */
export function readValueType(cursor: HeaderCursor, field: string): GgufValueType {
  const id = cursor.uint32(`the type of ${field}`);
  const type = valueTypeOf(id);
  if (type === undefined) {
    throw new TypeError(`readGguf: the type of ${field} must be 0 to 12, but got ${id}`);
  }
  return type;
}

/** Checks a value without keeping anything of it, and goes on behind it. */
export function skipValue(cursor: HeaderCursor, type: GgufValueType, field: string, depth = 0): void {
  if (type === 'bool') readBool(cursor.view(1, field), field);
  else if (hasFixedSize(type)) cursor.skip(VALUE_BYTES[type], field);
  else if (type === 'string') cursor.skip(cursor.count(`the length of ${field}`, 1), field);
  else {
    const { of, count } = readArrayHead(cursor, field, depth);
    if (hasFixedSize(of)) cursor.skip(count * VALUE_BYTES[of], field);
    else for (let i = 0; i < count; i++) skipValue(cursor, of, `${field}[${i}]`, depth + 1);
  }
}

/** Reads a value of which {@link skipValue} approved. */
export function readValue(cursor: HeaderCursor, type: GgufValueType, field: string): GgufValue {
  if (type === 'string') return { type, value: cursor.string(field) };
  if (type === 'array') return { type, value: readArray(cursor, field, 0) };
  const view = cursor.view(VALUE_BYTES[type], field);
  switch (type) {
    case 'uint8':
      return { type, value: view.getUint8(0) };
    case 'int8':
      return { type, value: view.getInt8(0) };
    case 'bool':
      return { type, value: readBool(view, field) };
    case 'uint16':
      return { type, value: view.getUint16(0, true) };
    case 'int16':
      return { type, value: view.getInt16(0, true) };
    case 'uint32':
      return { type, value: view.getUint32(0, true) };
    case 'int32':
      return { type, value: view.getInt32(0, true) };
    case 'float32':
      return { type, value: view.getFloat32(0, true) };
    case 'uint64':
      return { type, value: view.getBigUint64(0, true) };
    case 'int64':
      return { type, value: view.getBigInt64(0, true) };
    case 'float64':
      return { type, value: view.getFloat64(0, true) };
  }
}

function readBool(view: DataView, field: string): boolean {
  const byte = view.getUint8(0);
  if (byte > 1) throw new RangeError(`readGguf: ${field} must be 0 or 1, being a bool, but got ${byte}`);
  return byte === 1;
}

function readArrayHead(
  cursor: HeaderCursor,
  field: string,
  depth: number,
): { of: GgufValueType; count: number } {
  const of = readValueType(cursor, `the items of ${field}`);
  if (of === 'array' && depth + 1 >= MAX_ARRAY_DEPTH) {
    throw new RangeError(`readGguf: ${field} must have arrays at most ${MAX_ARRAY_DEPTH} deep`);
  }
  return { of, count: cursor.count(`the number of items of ${field}`, leastBytes(of)) };
}

const ARRAYS: { [Type in keyof GgufNumberArrays]: new (buffer: ArrayBuffer) => GgufNumberArrays[Type] } = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  bool: Uint8Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float64: Float64Array,
};

function readArray(cursor: HeaderCursor, field: string, depth: number): GgufArray {
  const { of, count } = readArrayHead(cursor, field, depth);
  const item = (i: number): string => `${field}[${i}]`;
  if (of === 'string') return { of, items: Array.from({ length: count }, (_, i) => cursor.string(item(i))) };
  if (of === 'array') {
    return { of, items: Array.from({ length: count }, (_, i) => readArray(cursor, item(i), depth + 1)) };
  }
  // A copy: typed arrays must be aligned, and the bytes of a cursor are not theirs to keep. Not `slice`, which on Node's
  // Buffer shares them.
  const bytes = new Uint8Array(cursor.bytes(count * VALUE_BYTES[of], field));
  return { of, items: new ARRAYS[of](bytes.buffer) } as GgufArray;
}
