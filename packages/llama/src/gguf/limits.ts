/** `GGUF` at the start of a file. */
export const MAGIC = 0x4655_4747;

/** The version that is written and read: little-endian, 64-bit counts. */
export const VERSION = 3;

/** Bytes that tensors are aligned to where `general.alignment` says nothing else. */
export const DEFAULT_ALIGNMENT = 32;

/** The greatest alignment that is read: more is no one's page. */
export const MAX_ALIGNMENT = 65_536;

/** Dimensions at most, ggml's own limit. */
export const MAX_DIMENSIONS = 4;

/** Bytes of a tensor name at most; with the zero that ends it in ggml, 64. */
export const MAX_NAME_BYTES = 63;

/** Bytes of a key at most, from the specification. */
export const MAX_KEY_BYTES = 65_535;

/**
 * Keys, tensors and arrays within arrays at most. The index of a file holds an entry for each, larger than the bytes
 * that a hostile file needs to name it; these bound what it can make a reader hold beyond its own size.
 */
export const MAX_KEYS = 65_536;
export const MAX_TENSORS = 65_536;
export const MAX_ARRAY_DEPTH = 4;
