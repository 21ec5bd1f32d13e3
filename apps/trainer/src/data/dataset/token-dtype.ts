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

/** Returns ids as they are stored. */
export function toStored(ids: ArrayLike<number>, dtype: TokenDtype): StoredTokens {
  return dtype === 'uint16' ? Uint16Array.from(ids) : Uint32Array.from(ids);
}

/** The bytes of stored ids in a file: little-endian on every machine that Node runs on. */
export function storedBytes(tokens: StoredTokens): Uint8Array {
  return new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
}
