import type { ReadWatch } from './byte-stream.ts';
import { readJsonl } from './read-jsonl.ts';
import { readParquet } from './read-parquet.ts';
import { readPlainText } from './read-plain-text.ts';
import type { SourceFile } from './source-file.ts';
import type { TextPiece } from './text-piece.ts';

/** Options of {@link readDocuments}. */
export interface ReadDocumentsOptions {
  /** The field or column that holds the text of JSONL and Parquet files. */
  readonly textField: string;
  /** Where a text file's second document begins, in bytes; by default it is one document. */
  readonly cutAt?: number | undefined;
}

/**
 * Reads the documents of a file in order, in pieces, with memory that depends neither on the file's size nor on a
 * document's, beyond one line of JSONL and one row group of Parquet.
 *
 * @throws Error naming the file and, where there is one, the line, row or byte that is wrong.
 */
export function readDocuments(
  source: SourceFile,
  { textField, cutAt }: ReadDocumentsOptions,
  watch?: ReadWatch,
): AsyncGenerator<TextPiece> {
  if (source.format === 'jsonl') return readJsonl(source, textField, watch);
  if (source.format === 'parquet') return readParquet(source, textField, watch);
  return readPlainText(source, cutAt, watch);
}
