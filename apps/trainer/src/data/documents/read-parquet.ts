import { open } from 'node:fs/promises';
import { parquetMetadataAsync, parquetReadObjects, parquetSchema, type AsyncBuffer } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { byteStream, type ReadWatch } from './byte-stream.ts';
import type { SourceFile } from './source-file.ts';
import { createPieceCutter, type TextPiece } from './text-piece.ts';

/**
 * Reads the texts of a Parquet file's column: each row is a document. One row group of that one column is in memory
 * at a time. Rows without a text (null) are skipped.
 *
 * @param source - The file, which must not be compressed as a whole.
 * @param textField - Name of the column.
 * @param watch - Is told how reading goes on.
 * @throws Error naming the file when it is no Parquet, has no such column, or the column holds no text.
 */
export async function* readParquet(
  source: SourceFile,
  textField: string,
  watch: ReadWatch = {},
): AsyncGenerator<TextPiece> {
  if (source.compression !== undefined) {
    throw new Error(
      `readDocuments: ${source.name} must be a plain Parquet file, but it is compressed as a whole; unpack it first`,
    );
  }
  const file = await open(source.path);
  try {
    const buffer = fileBuffer(file, source.bytes);
    const metadata = await parquetMetadataAsync(buffer).catch((cause: unknown) => {
      throw new Error(
        `readDocuments: ${source.name} must be a Parquet file, but reading it says: ${(cause as Error).message}`,
        { cause },
      );
    });
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    if (!columns.includes(textField)) {
      throw new Error(
        `readDocuments: ${source.name} must have the column ${textField}, but it has ${columns.join(', ')}; name the text's column with --text-field`,
      );
    }
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const rows = await parquetReadObjects({
        file: buffer,
        metadata,
        columns: [textField],
        rowStart,
        rowEnd,
        compressors,
      }).catch((cause: unknown) => {
        throw new Error(
          `readDocuments: ${source.name} must be whole, but rows ${rowStart + 1} to ${rowEnd} cannot be read: ${(cause as Error).message}`,
          { cause },
        );
      });
      for (const [row, record] of rows.entries()) {
        const text: unknown = record[textField];
        if (text === null || text === undefined) continue;
        if (typeof text !== 'string') {
          throw new Error(
            `readDocuments: ${source.name} must have texts in the column ${textField}, but row ${rowStart + row + 1} holds a ${typeof text}`,
          );
        }
        const cutter = createPieceCutter();
        yield* cutter.push(text);
        yield* cutter.end();
      }
      watch.onBytes?.((source.bytes * (rowEnd - rowStart)) / Number(metadata.num_rows));
      rowStart = rowEnd;
    }
  } finally {
    await file.close();
  }
  // Rows lie anywhere in the file, so its hash takes a reading of its own.
  if (watch.onHash) for await (const _ of byteStream(source, { onHash: watch.onHash }));
}

function fileBuffer(file: Awaited<ReturnType<typeof open>>, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length;) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) throw new Error(`the file ends at byte ${start + done}`);
        done += bytesRead;
      }
      return bytes.buffer;
    },
  };
}
