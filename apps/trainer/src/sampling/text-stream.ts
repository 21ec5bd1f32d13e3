import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Tokens to text, piece by piece. */
export interface TextStream {
  /**
   * Adds a token.
   *
   * @returns the text that is certain now, never the half of a character: empty while one is open
   */
  push(id: number): string;
  /** What is left at the end: U+FFFD for a character that was not completed, else nothing. */
  end(): string;
}

/** Tokens kept before the open ones: enough for a vocabulary that decodes the first token of a text in another way. */
const TOKENS_BEFORE = 4;

/**
 * Makes a stream of the text that follows `promptIds`. All pieces together are what decoding all ids at once would
 * give after the prompt's text. Bytes that are no UTF-8 become U+FFFD, as soon as no byte can complete them.
 */
export function createTextStream(
  { decode }: Pick<Tokenizer, 'decode'>,
  promptIds: ArrayLike<number>,
): TextStream {
  // Some tokens that are told already, for what comes first in a text may decode differently, and those after them.
  let ids = Array.from(promptIds).slice(-TOKENS_BEFORE);
  let told = decode(ids);
  const tell = (text: string): string => {
    const piece = text.slice(told.length);
    told = text;
    return piece;
  };
  return {
    push(id) {
      ids.push(id);
      const text = decode(ids);
      // Only the last one may be the beginning of a character: decoders replace what can no longer be completed.
      if (text.endsWith('\uFFFD')) return tell(text.slice(0, -1));
      const piece = tell(text);
      if (ids.length > 2 * TOKENS_BEFORE) {
        ids = ids.slice(-TOKENS_BEFORE);
        told = decode(ids);
      }
      return piece;
    },
    end: () => tell(decode(ids)),
  };
}
