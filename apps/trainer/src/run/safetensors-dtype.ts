/** The typed arrays that hold tensor data in memory. */
export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** Name of an element type in a safetensors header. */
export type SafetensorsDtype =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'F8_E4M3'
  | 'F8_E5M2'
  | 'I64'
  | 'U64'
  | 'I32'
  | 'U32'
  | 'I16'
  | 'U16'
  | 'I8'
  | 'U8'
  | 'BOOL';

/** A typed array's class. */
export interface TensorDataConstructor {
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TensorData;
}

/** The element types of safetensors that have a typed array; small floats are held as their bits. */
export const arrayOfDtype: Readonly<Record<SafetensorsDtype, TensorDataConstructor>> = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  F8_E4M3: Uint8Array,
  F8_E5M2: Uint8Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** A tensor in memory, row-major. */
export interface HostTensor {
  /** Its dimensions; `[]` is a scalar. */
  shape: readonly number[];
  /** Its element type. */
  dtype: SafetensorsDtype;
  /** Its elements, in the typed array of its dtype ({@link arrayOfDtype}). */
  data: TensorData;
}

/** Number of elements of a shape. */
export const sizeOfShape = (shape: readonly number[]): number => shape.reduce((size, dim) => size * dim, 1);
