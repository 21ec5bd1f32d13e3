import { openDataset } from '../data/dataset/open-dataset.ts';
import { tokenizerHash } from '../data/dataset/manifest.ts';
import { readDocuments } from '../data/documents/read-documents.ts';
import { findData } from '../data/find-data.ts';
import type { FindDataOptions } from '../data/find-data.ts';
import { forEachPiece } from '../data/token-source.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Options of {@link readTokens}. */
export interface ReadTokensOptions extends FindDataOptions {
  readonly tokenizer: Tokenizer;
  /** The same, as it was parsed: a dataset must have been made with it. */
  readonly tokenizerJson: object;
  /** The field or column that holds the text of JSONL and Parquet files. */
  readonly textField: string;
}

/**
 * Reads what `nibble train --data` takes too, one document after the other, as the model is to see it: with the token
 * that begins a text where the vocabulary has one. A plain text is one document; of a dataset that `nibble tokenize` made
 * it is the validation part.
 *
 * @throws Error when there is nothing to read, or a dataset has the tokens of another vocabulary
 */
export async function* readTokens(
  data: string,
  { tokenizer, tokenizerJson, textField, ...options }: ReadTokensOptions,
): AsyncGenerator<Int32Array, void, undefined> {
  const found = await findData(data, options);
  if (found.type === 'text') {
    yield tokenizer.encode(found.text.text, { addSpecialTokens: true });
    return;
  }
  if (found.type === 'dataset') {
    const dataset = openDataset(found.dir);
    if (dataset.manifest.tokenizer.sha256 !== tokenizerHash(tokenizerJson)) {
      throw new Error(
        `readTokens: ${data} must be tokenized with the tokenizer.json of the run, but it was with another one; give the documents themselves`,
      );
    }
    const parts: Int32Array[] = [];
    forEachPiece(dataset.validation, (piece) => parts.push(piece));
    yield joined(parts);
    return;
  }
  for (const file of found.files) {
    let parts: Int32Array[] = [];
    for await (const { text, first, last } of readDocuments(file, { textField })) {
      parts.push(tokenizer.encode(text, { addSpecialTokens: first, continues: !first }));
      if (!last) continue;
      yield joined(parts);
      parts = [];
    }
  }
}

function joined(parts: readonly Int32Array[]): Int32Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Int32Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
