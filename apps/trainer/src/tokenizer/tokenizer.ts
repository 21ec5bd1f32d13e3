/** Options of {@link Tokenizer.encode}. */
export interface EncodeOptions {
  /** Adds what the tokenizer puts around a text, such as the token that begins one; default false. */
  addSpecialTokens?: boolean;
  /**
   * The text goes on from an earlier piece of the same document and begins with a space, as `forEachTextPiece` cuts
   * it: a vocabulary that marks the beginning of a text, as Llama 2's does, does not mark this one. Default false.
   */
  continues?: boolean;
}

/** Text to token ids and back. */
export interface Tokenizer {
  /** Tokens in the vocabulary: one more than the largest id. */
  readonly vocabSize: number;
  /** Id of the token that ends a document; `undefined` when the vocabulary has none. */
  readonly endOfTextId: number | undefined;
  /** Ids of the special tokens, which stand for no text. */
  readonly specialIds: ReadonlySet<number>;
  /**
   * Bytes of text that each token stands for; index is the id. Needed for bits per byte. Special tokens stand for
   * none: written out in a text they are marks, not text.
   */
  readonly bytesPerId: Uint16Array;
  /** Returns the ids of a text; a special token written out in it, such as `<|endoftext|>`, becomes that token. */
  encode(text: string, options?: EncodeOptions): Int32Array;
  /**
   * Returns the text of ids, special tokens written out. Bytes that are not UTF-8, as in a sequence cut inside a
   * character, become U+FFFD.
   *
   * @throws RangeError when an id is not in the vocabulary.
   */
  decode(ids: ArrayLike<number>): string;
}
