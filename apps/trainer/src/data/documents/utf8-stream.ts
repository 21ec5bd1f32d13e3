import { firstInvalidUtf8 } from '../read-text.ts';

/** Decodes bytes that come in chunks. */
export interface Utf8Stream {
  /** Returns the characters that are complete. */
  push(bytes: Uint8Array): string;
  /** Ends the text. */
  end(): void;
}

/**
 * Returns a decoder of UTF-8 text that drops a byte-order mark and refuses everything that is not text.
 *
 * @param name - What to call the text in messages.
 * @returns what throws an Error with the offset of the first bad byte; a NUL byte counts as binary.
 */
export function createUtf8Stream(name: string): Utf8Stream {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let offset = 0;
  // The beginning of a character whose end has not come yet.
  let begun: Uint8Array = new Uint8Array();
  const invalid = (at: number, byte: number): Error => {
    const hex = byte.toString(16).padStart(2, '0');
    return new Error(
      `readDocuments: ${name} must be UTF-8 text, but byte offset ${at} (0x${hex}) is not valid UTF-8; convert the file, for example with iconv -t UTF-8`,
    );
  };
  return {
    push(bytes) {
      if (offset === 0 && beginsAsUtf16(bytes)) {
        throw new Error(
          `readDocuments: ${name} must be UTF-8 text, but it begins with a UTF-16 byte-order mark; convert it, for example with iconv -f UTF-16 -t UTF-8`,
        );
      }
      const nul = bytes.indexOf(0);
      if (nul >= 0) {
        throw new Error(
          `readDocuments: ${name} must be UTF-8 text, but it is binary: byte offset ${offset + nul} is NUL; give plain text`,
        );
      }
      let text: string;
      try {
        text = decoder.decode(bytes, { stream: true });
      } catch {
        const joined = joinBytes(begun, bytes);
        const at = firstInvalidUtf8(joined);
        throw invalid(offset - begun.length + at, joined[at]!);
      }
      offset += bytes.length;
      begun = begunCharacter(bytes.length < 4 ? joinBytes(begun, bytes) : bytes);
      return text;
    },
    end() {
      if (begun.length > 0) throw invalid(offset - begun.length, begun[0]!);
    },
  };
}

function beginsAsUtf16([a, b]: Uint8Array): boolean {
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
}

/** The bytes at the end of well-formed text that are not yet a whole character. */
function begunCharacter(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      return back < length ? bytes.slice(-back) : new Uint8Array();
    }
  }
  return new Uint8Array();
}

function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
