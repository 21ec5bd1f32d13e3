/** A tensor in a safetensors file. */
export interface SafeTensor {
  readonly dtype: 'F32' | 'F16' | 'BF16' | 'I32' | 'U8';
  readonly shape: readonly number[];
  /** Decoded values: F16 and BF16 are widened to float32, exactly. */
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** What a safetensors file holds. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  /** Free text by key (`__metadata__`). */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes of one element. */
export const ELEMENT_BYTES: Readonly<Record<SafeTensor['dtype'], number>> = {
  F32: 4,
  F16: 2,
  BF16: 2,
  I32: 4,
  U8: 1,
};

/** The greatest header that a reader accepts, as in the reference implementation: 100 MB. */
export const MAX_HEADER_BYTES = 100_000_000;
