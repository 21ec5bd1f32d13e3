/** How documents lie in a file. */
export type SourceFormat = 'text' | 'jsonl' | 'parquet';

/** How a file is compressed. */
export type SourceCompression = 'gzip' | 'zstd';

/** A file of documents. */
export interface SourceFile {
  /** Where it is. */
  readonly path: string;
  /** What it is called in messages and manifests: relative to what the user named, with `/`. */
  readonly name: string;
  /** How documents lie in it: `text` is one document. */
  readonly format: SourceFormat;
  /** How it is compressed, if it is. */
  readonly compression: SourceCompression | undefined;
  /** Its size on disk. */
  readonly bytes: number;
  /** When it was changed last, in milliseconds since 1970. */
  readonly modified: number;
}

const formats: Readonly<Record<string, SourceFormat>> = {
  txt: 'text',
  text: 'text',
  md: 'text',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
};

/** The endings of the files that are taken from a folder. */
export const sourceEndings: string = `${Object.keys(formats)
  .map((ending) => `.${ending}`)
  .join(', ')}, each also with .gz or .zst`;

/**
 * Returns the format that a file's name tells, and its compression.
 *
 * @returns no format for an unknown ending
 */
export function formatOf(name: string): {
  format: SourceFormat | undefined;
  compression: SourceCompression | undefined;
} {
  const [, base = name, packing] = /^(.*)\.(gz|zst)$/i.exec(name) ?? [];
  const ending = /\.([^./\\]+)$/.exec(base)?.[1]?.toLowerCase() ?? '';
  const compression = packing === undefined ? undefined : packing.toLowerCase() === 'gz' ? 'gzip' : 'zstd';
  return { format: formats[ending], compression };
}
