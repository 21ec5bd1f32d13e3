import { readFileSync, statSync } from 'node:fs';
import type { NamedText } from './default-text.ts';

/**
 * Returns a text file. A UTF-8 byte-order mark at the start is dropped; everything else is kept byte for byte.
 *
 * @param path - The file, relative to the working directory.
 * @throws Error with one message that names the file when it is missing, a directory, not readable, empty, or not
 *   UTF-8 text (with the offset of the first bad byte; a NUL byte counts as binary).
 */
export function readText(path: string): NamedText {
  const bytes = readBytes(path);
  if (bytes.length === 0) throw new Error(`readText: ${path} must hold text, but it is empty`);
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) {
    throw new Error(
      `readText: ${path} must be UTF-8 text, but it begins with a UTF-16 byte-order mark; convert it, for example with iconv -f UTF-16 -t UTF-8`,
    );
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    throw new Error(
      `readText: ${path} must be UTF-8 text, but it is binary: byte offset ${nul} is NUL; give a plain text file`,
    );
  }
  try {
    // Without ignoreBOM the decoder drops the mark.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.length === 0) throw new RangeError('empty');
    return { name: path, text };
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new Error(`readText: ${path} must hold text, but it is a byte-order mark and nothing else`, {
        cause,
      });
    }
    const offset = firstInvalidUtf8(bytes);
    const byte = bytes[offset]!.toString(16).padStart(2, '0');
    throw new Error(
      `readText: ${path} must be UTF-8 text, but byte offset ${offset} (0x${byte}) is not valid UTF-8; convert the file, for example with iconv -t UTF-8`,
      { cause },
    );
  }
}

function readBytes(path: string): Uint8Array {
  try {
    if (statSync(path).isDirectory()) {
      throw new Error(`readText: ${path} must be a file, but it is a directory; give one text file`);
    }
    return readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new Error(`readText: ${path} must be a text file, but there is no such file; check the path`, {
        cause,
      });
    }
    throw new Error(`readText: ${path} must be readable, but the system says ${code}`, { cause });
  }
}

/**
 * Returns the offset of the first byte that does not belong to a well-formed UTF-8 sequence, or -1 when all do.
 * Source: the Unicode Standard, table 3-7.
 *
 * @param bytes - Any bytes.
 */
export function firstInvalidUtf8(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i]!;
    const length =
      lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length === 0) return i;
    for (let k = 1; k < length; k++) {
      const byte = bytes[i + k];
      // The second byte also excludes overlong forms, surrogates and code points above U+10FFFF.
      const low = k > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
      const high = k > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
      if (byte === undefined || byte < low || byte > high) return i;
    }
    i += length;
  }
  return -1;
}
