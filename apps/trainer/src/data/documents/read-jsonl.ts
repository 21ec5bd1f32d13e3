import { byteStream, type ReadWatch } from './byte-stream.ts';
import { firstInvalidUtf8 } from '../read-text.ts';
import type { SourceFile } from './source-file.ts';
import { createPieceCutter, type TextPiece } from './text-piece.ts';

/** Bytes of a line at most: what is held in memory at once. */
const longestLineBytes: number = 2 ** 26;

/**
 * Reads a file with one JSON object per line: each is a document, its text in one field. Empty lines are skipped.
 *
 * @param source - The file.
 * @param textField - Name of the field.
 * @param watch - Is told how reading goes on.
 * @param longestLine - Bytes of a line at most; tests set it low.
 * @throws Error naming file and line of what is no JSON object, has no such field, is no UTF-8, or is too long.
 */
export async function* readJsonl(
  source: SourceFile,
  textField: string,
  watch?: ReadWatch,
  longestLine: number = longestLineBytes,
): AsyncGenerator<TextPiece> {
  let number = 0;
  for await (const line of linesOf(source, watch, longestLine)) {
    number++;
    const where = `${source.name}:${number}`;
    const json = number === 1 ? withoutMark(decode(line, where)) : decode(line, where);
    if (json.trim() === '') continue;
    const cutter = createPieceCutter();
    yield* cutter.push(textOf(json, textField, where));
    yield* cutter.end();
  }
}

async function* linesOf(
  source: SourceFile,
  watch: ReadWatch | undefined,
  longestLine: number,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let lines = 0;
  const hold = (part: Uint8Array): void => {
    heldBytes += part.length;
    if (heldBytes > longestLine) {
      throw new Error(
        `readDocuments: a line must have at most ${longestLine.toLocaleString('en')} bytes, but ${source.name}:${lines + 1} is longer; is it one JSON object per line?`,
      );
    }
    held.push(part);
  };
  const takeLine = (): Uint8Array => {
    const line = held.length === 1 ? held[0]! : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    lines++;
    return line;
  };
  for await (const chunk of byteStream(source, watch)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      hold(chunk.subarray(from, end));
      yield takeLine();
      from = end + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  }
  if (held.length > 0) yield takeLine();
}

function decode(line: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
  } catch (cause) {
    const at = firstInvalidUtf8(line);
    throw new Error(
      `readDocuments: ${where} must be UTF-8 text, but byte ${at + 1} of the line (0x${line[at]!.toString(16)}) is not valid UTF-8`,
      { cause },
    );
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function textOf(json: string, field: string, where: string): string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new Error(`readDocuments: ${where} must be one JSON object, but ${(cause as Error).message}`, {
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`readDocuments: ${where} must be a JSON object, but got ${json.slice(0, 40)}`);
  }
  const text = (value as Record<string, unknown>)[field];
  if (typeof text === 'string') return text;
  const fields = Object.keys(value).slice(0, 12).join(', ');
  throw new Error(
    text === undefined
      ? `readDocuments: ${where} must have the field ${field}, but it has ${fields || 'none'}; name the text's field with --text-field`
      : `readDocuments: ${where} must have a text in ${field}, but got ${JSON.stringify(text).slice(0, 40)}`,
  );
}
