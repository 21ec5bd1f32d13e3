/** How token ids are stored. */
export type TokenDtype = 'uint16' | 'uint32';

/** Stored token ids. */
export type StoredTokens = Uint16Array | Uint32Array;

/** The smallest type that holds every id of a vocabulary. */
export function dtypeFor(vocabSize: number): TokenDtype {
  return vocabSize <= 2 ** 16 ? 'uint16' : 'uint32';
}

/** Bytes of an id. */
export function bytesPerToken(dtype: TokenDtype): 2 | 4 {
  return dtype === 'uint16' ? 2 : 4;
}

/** Returns ids as they are stored, in a buffer of their own, with one more at the end if one is given. */
export function toStored(ids: Int32Array, dtype: TokenDtype, end?: number): StoredTokens {
  const length = end === undefined ? ids.length : ids.length + 1;
  const stored = dtype === 'uint16' ? new Uint16Array(length) : new Uint32Array(length);
  stored.set(ids);
  if (end !== undefined) stored[ids.length] = end;
  return stored;
}

/** The bytes of stored ids in a file: little-endian on every machine that Node runs on. */
export function storedBytes(tokens: StoredTokens): Uint8Array {
  return new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
}
