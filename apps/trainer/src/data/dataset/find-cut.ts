import { byteStream } from '../documents/byte-stream.ts';
import type { SourceFile } from '../documents/source-file.ts';

/** Bytes to either side of the place asked for in which a better one is looked for, at most. */
const longestReach = 2 ** 20;

/**
 * Returns where to cut a single text into a training part and, after it, a validation part of about the fraction
 * asked for: the end of a paragraph where one lies near, else of a line, else of a character. As `splitText`, but
 * counted in bytes, with constant memory, and within a mebibyte.
 *
 * @returns the first byte of the validation part in the unpacked file
 * @throws Error naming the file when it is too short to cut.
 */
export async function findCut(source: SourceFile, validationFraction: number): Promise<number> {
  const size = source.compression === undefined ? source.bytes : await unpackedBytes(source);
  const target = Math.min(size - 1, Math.max(1, Math.round(size * (1 - validationFraction))));
  const reach = Math.min(longestReach, Math.floor(Math.min(target, size - target) / 10));
  // Three bytes more: a character may go on after the last place.
  const from = Math.max(0, target - reach);
  const window = await bytesOf(source, from, target + reach + 3);
  // One character per byte. Line ends are single bytes in UTF-8, and no part of another character.
  const text = Buffer.from(window).toString('latin1');
  const near = text.slice(0, target - from + reach);
  const cut =
    nearestEnd(near, /\r?\n(?:\r?\n)+/g, target - from) ??
    nearestEnd(near, /\r?\n/g, target - from) ??
    nextCharacter(window, target - from);
  if (from + cut <= 0 || from + cut >= size) {
    throw new Error(
      `tokenizeDataset: ${source.name} must have at least 2 characters to hold out some for validation, but it has ${size} bytes`,
    );
  }
  return from + cut;
}

async function unpackedBytes(source: SourceFile): Promise<number> {
  let size = 0;
  for await (const chunk of byteStream(source)) size += chunk.length;
  return size;
}

async function bytesOf(source: SourceFile, from: number, to: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let offset = 0;
  for await (const chunk of byteStream(source)) {
    const part = chunk.subarray(Math.max(0, from - offset), Math.max(0, to - offset));
    if (part.length > 0) parts.push(part.slice());
    offset += chunk.length;
    if (offset >= to) break;
  }
  return Buffer.concat(parts);
}

function nearestEnd(text: string, pattern: RegExp, target: number): number | undefined {
  let nearest: number | undefined;
  for (const match of text.matchAll(pattern)) {
    const end = match.index + match[0].length;
    if (nearest === undefined || Math.abs(end - target) < Math.abs(nearest - target)) nearest = end;
  }
  return nearest;
}

function nextCharacter(bytes: Uint8Array, at: number): number {
  let next = at;
  while (next < bytes.length && (bytes[next]! & 0xc0) === 0x80) next++;
  return next;
}
