import { readFileSync } from 'node:fs';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readText } from '../../data/read-text.ts';
import type { EvaluationRecord } from './evaluation-record.ts';
import { parseRecords } from './parse-records.ts';

/**
 * Reads the documents of a task's file: Parquet by its ending, a text with one passage a line (`.txt`), else one JSON
 * object a line, or one JSON array of them.
 *
 * @throws Error naming the file, and the line or row, of what cannot be read
 */
export async function readRecords(path: string): Promise<EvaluationRecord[]> {
  if (!/\.parquet$/i.test(path)) return parseRecords(readText(path).text, path);
  // Checks that there is such a file, in the words of every other file.
  const bytes = readBytes(path);
  try {
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
      compressors,
    });
    return rows.map((value, i) => ({ value: withNumbers(value), where: `${path}, row ${i + 1}` }));
  } catch (cause) {
    throw new Error(
      `readRecords: ${path} must be a Parquet file, but reading it says: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(
      code === 'ENOENT'
        ? `readRecords: ${path} must be a file, but there is no such file; check the path`
        : `readRecords: ${path} must be readable, but the system says ${code}`,
      { cause },
    );
  }
}

/** Parquet's 64-bit integers as numbers: labels are small. */
function withNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withNumbers(each)]));
}
