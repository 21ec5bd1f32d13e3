/** Element types that are read. */
export type SafetensorsDtype = 'F32' | 'F16' | 'BF16' | 'I32' | 'U8';

/** A tensor in a safetensors file. */
export interface SafeTensor {
  /** Element type in the file. */
  readonly dtype: SafetensorsDtype;
  /** Row-major. */
  readonly shape: readonly number[];
  /** Decoded values: F16 and BF16 are widened to float32, exactly. */
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** What a safetensors file holds. */
export interface SafetensorsFile {
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  /** Free text by key (`__metadata__`). */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a header says of a tensor. */
export interface TensorEntry {
  /** Element type in the file. */
  readonly dtype: SafetensorsDtype;
  /** Row-major. */
  readonly shape: readonly number[];
  /** The file that holds it. */
  readonly file: string;
  /** Where in the file its bytes begin. */
  readonly offset: number;
  /** How many bytes it has. */
  readonly byteLength: number;
}

/** Tensors of one file or of several shards, read when they are asked for. */
export interface SafetensorsReader {
  /** What the headers say, by name. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Free text by key (`__metadata__`), of all shards. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads and decodes a tensor or a stretch of it; nothing else of the file is held.
   *
   * @param start - first element in row-major order, default 0
   * @param end - the element after the last, default all
   * @throws SafetensorsError when there is no such tensor; RangeError when start or end lies outside of it
   */
  read(name: string, start?: number, end?: number): SafeTensor['values'];
}

/** Bytes of one element. */
export const ELEMENT_BYTES: Readonly<Record<SafetensorsDtype, number>> = {
  F32: 4,
  F16: 2,
  BF16: 2,
  I32: 4,
  U8: 1,
};

/** The greatest header that a reader accepts, as in the reference implementation: 100 MB. */
export const MAX_HEADER_BYTES = 100_000_000;
