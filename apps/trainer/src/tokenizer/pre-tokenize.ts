/** The one special token of a trained vocabulary: it ends a document. */
export const endOfText = '<|endoftext|>';

/**
 * The GPT-2 pre-tokenization: contractions, and words, numbers and symbol runs with the space before them.
 * Merges never cross a pre-token. `\s` is JavaScript's, as in `@huggingface/tokenizers`; the native library differs
 * from it for U+0085 and U+FEFF only.
 */
const preTokenPattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/**
 * Calls back with every pre-token of a text in order; joined together they are the text.
 *
 * @param text - Any well-formed string.
 * @param visit - Called once for each pre-token.
 */
export function forEachWord(text: string, visit: (word: string) => void): void {
  // An exec loop, not match(): a large text would otherwise hold an array of all its words.
  const pattern = new RegExp(preTokenPattern);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) visit(match[0]);
}

/**
 * {@link forEachWord}, with {@link endOfText} written out in the text as a pre-token of its own.
 *
 * @param text - Any well-formed string.
 * @param visit - Called once for each pre-token.
 */
export function forEachPreToken(text: string, visit: (preToken: string) => void): void {
  let first = true;
  for (const section of text.split(endOfText)) {
    if (!first) visit(endOfText);
    first = false;
    forEachWord(section, visit);
  }
}
