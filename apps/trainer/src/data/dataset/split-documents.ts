import type { ReadWatch } from '../documents/byte-stream.ts';
import { readDocuments } from '../documents/read-documents.ts';
import type { SourceFile } from '../documents/source-file.ts';
import type { TextPiece } from '../documents/text-piece.ts';
import { documentHash } from './document-hash.ts';
import type { DatasetSettings, SplitName } from './manifest.ts';

/** What decides which documents are for validation. */
export interface SplitRule {
  /** Documents whose number is below this are for validation. */
  readonly threshold: number;
  /** Where the only text is cut, in bytes; `null` when documents are dealt out. */
  readonly cutAt: number | null;
}

/** A piece of a document, and the part that the document belongs to. */
export interface SplitPiece extends TextPiece {
  readonly split: SplitName;
}

/**
 * Reads the documents of a file with the part that each belongs to. A document longer than a piece is dealt out by its
 * first piece, as the rest has not been read yet.
 *
 * @throws Error naming the file and what is wrong in it.
 */
export async function* splitDocuments(
  file: SourceFile,
  { textField, splitSeed }: DatasetSettings,
  { threshold, cutAt }: SplitRule,
  watch?: ReadWatch,
): AsyncGenerator<SplitPiece> {
  let documents = 0;
  let split: SplitName = 'train';
  for await (const piece of readDocuments(file, { textField, cutAt: cutAt ?? undefined }, watch)) {
    if (piece.first) {
      documents++;
      const held = cutAt === null ? documentHash(piece.text, splitSeed).split < threshold : documents > 1;
      split = held ? 'validation' : 'train';
    }
    yield { ...piece, split };
  }
}
