import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/**
 * A tokenizer for a model that may have more rows than there are tokens, as those do that were filled up to whole blocks. A
 * model may draw an id of such a row; it stands for no text, as in Hugging Face transformers.
 *
 * @param rows - Tokens in the model
 */
export function tokenizerForModel(tokenizer: Tokenizer, rows: number): Tokenizer {
  const { vocabSize } = tokenizer;
  if (rows <= vocabSize) return tokenizer;
  return {
    ...tokenizer,
    decode: (ids) => tokenizer.decode(Array.from(ids).filter((id) => !(id >= vocabSize && id < rows))),
  };
}
