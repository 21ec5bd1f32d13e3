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
  /** Type 0 of the GGUF specification, 1 byte each. */
  uint8: Uint8Array;
  /** Type 1 of the GGUF specification, 1 byte each. */
  int8: Int8Array;
  /** Type 2 of the GGUF specification, 2 bytes each. */
  uint16: Uint16Array;
  /** Type 3 of the GGUF specification, 2 bytes each. */
  int16: Int16Array;
  /** Type 4 of the GGUF specification, 4 bytes each. */
  uint32: Uint32Array;
  /** Type 5 of the GGUF specification, 4 bytes each. */
  int32: Int32Array;
  /** Type 6 of the GGUF specification, 4 bytes each. */
  float32: Float32Array;
  /** Type 7 of the GGUF specification, 1 byte each: 0 or 1. */
  bool: Uint8Array;
  /** Type 10 of the GGUF specification, 8 bytes each. */
  uint64: BigUint64Array;
  /** Type 11 of the GGUF specification, 8 bytes each. */
  int64: BigInt64Array;
  /** Type 12 of the GGUF specification, 8 bytes each. */
  float64: Float64Array;
}

/** A metadata type. */
export type GgufValueType = keyof GgufNumberArrays | 'string' | 'array';

/** An array of metadata: numbers as the typed array of their type, strings, or arrays again. */
export type GgufArray =
  | {
      [Type in keyof GgufNumberArrays]: {
        /** Type of every item in the file. */
        readonly of: Type;
        /** In the order of the file. */
        readonly items: GgufNumberArrays[Type];
      };
    }[keyof GgufNumberArrays]
  | {
      /** Type 8 of the GGUF specification. */
      readonly of: 'string';
      /** Decoded from UTF-8, in the order of the file. */
      readonly items: readonly string[];
    }
  | {
      /** Type 9 of the GGUF specification. */
      readonly of: 'array';
      /** In the order of the file; each has an item type and a length of its own. */
      readonly items: readonly GgufArray[];
    };

/** A metadata value with its type. */
export type GgufValue =
  | {
      /** How the file stores it. */
      readonly type: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';
      /** Widened to float64 without loss. */
      readonly value: number;
    }
  | {
      /** Whether the 64 bits have a sign. */
      readonly type: 'uint64' | 'int64';
      /** All 64 bits, of which a number would keep 53. */
      readonly value: bigint;
    }
  | {
      /** Type 7 of the GGUF specification. */
      readonly type: 'bool';
      /** In the file a byte of 0 or 1. */
      readonly value: boolean;
    }
  | {
      /** Type 8 of the GGUF specification. */
      readonly type: 'string';
      /** In the file a uint64 length in bytes, and UTF-8. */
      readonly value: string;
    }
  | {
      /** Type 9 of the GGUF specification. */
      readonly type: 'array';
      /** In the file an item type, a uint64 count, and the items. */
      readonly value: GgufArray;
    };

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
