/** Number of a metadata type in a file. */
const VALUE_TYPE_IDS: Readonly<Record<GgufValueType, number>> = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
};

/** Arrays of numbers by their type; booleans are bytes of 0 and 1. */
export interface GgufNumberArrays {
  uint8: Uint8Array;
  int8: Int8Array;
  uint16: Uint16Array;
  int16: Int16Array;
  uint32: Uint32Array;
  int32: Int32Array;
  float32: Float32Array;
  bool: Uint8Array;
  uint64: BigUint64Array;
  int64: BigInt64Array;
  float64: Float64Array;
}

/** A metadata type. */
export type GgufValueType = keyof GgufNumberArrays | 'string' | 'array';

/** An array of metadata: numbers as the typed array of their type, strings, or arrays again. */
export type GgufArray =
  | {
      [Type in keyof GgufNumberArrays]: { readonly of: Type; readonly items: GgufNumberArrays[Type] };
    }[keyof GgufNumberArrays]
  | { readonly of: 'string'; readonly items: readonly string[] }
  | { readonly of: 'array'; readonly items: readonly GgufArray[] };

/** A metadata value with its type. */
export type GgufValue =
  | {
      readonly type: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';
      readonly value: number;
    }
  | { readonly type: 'uint64' | 'int64'; readonly value: bigint }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'array'; readonly value: GgufArray };

/** Metadata by key, in the order of the file. */
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

/** Bytes of a value of fixed size. */
export const VALUE_BYTES: Readonly<Record<keyof GgufNumberArrays, number>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  bool: 1,
  uint64: 8,
  int64: 8,
  float64: 8,
};

/** Whether values of a type all have the same size. */
export function hasFixedSize(type: GgufValueType): type is keyof GgufNumberArrays {
  return Object.hasOwn(VALUE_BYTES, type);
}

/** The number by which a file names a metadata type. */
export function valueTypeId(type: GgufValueType): number {
  return VALUE_TYPE_IDS[type];
}

const VALUE_TYPES = Object.fromEntries(
  Object.entries(VALUE_TYPE_IDS).map(([name, id]) => [id, name as GgufValueType]),
);

/** The metadata type of a number, or undefined. */
export function valueTypeOf(id: number): GgufValueType | undefined {
  return VALUE_TYPES[id];
}
