const prints = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

/**
 * The GPT-2 byte alphabet: one printable character for each of the 256 byte values, so that a vocabulary over
 * bytes can be stored as text. Bytes that print keep their own character; the others take U+0100 onwards in order.
 */
function buildAlphabet(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(prints(byte) ? byte : next++));
}

/** The character that stands for each byte value in a byte-level vocabulary; index is the byte. Source: openai/gpt-2 `encoder.py`, `bytes_to_unicode`. */
export const byteAlphabet: readonly string[] = buildAlphabet();

const byteOfCharacter = new Map(byteAlphabet.map((character, byte) => [character, byte]));

/**
 * Returns the bytes that a token of a byte-level vocabulary stands for.
 *
 * @param token - A vocabulary entry, written in {@link byteAlphabet}.
 * @throws RangeError when the token holds a character outside the alphabet.
 */
export function tokenToBytes(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = byteOfCharacter.get(token[i]!);
    if (byte === undefined) {
      throw new RangeError(
        `tokenToBytes: a token must be written in the GPT-2 byte alphabet, but got ${JSON.stringify(token)}; only byte-level vocabularies are supported`,
      );
    }
    bytes[i] = byte;
  }
  return bytes;
}
