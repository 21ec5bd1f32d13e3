import type { StoredTokens } from './token-dtype.ts';

/** Texts for a tokenizing thread. */
export interface TextBatch {
  /** Place in the order of all batches, from 0. */
  readonly number: number;
  readonly pieces: readonly {
    readonly text: string;
    /** Goes on from the piece before it. */
    readonly continues: boolean;
    /** Ends a document: the end-of-text token follows. */
    readonly last: boolean;
  }[];
}

/** What a tokenizing thread made of them. */
export interface EncodedBatch {
  readonly number: number;
  readonly pieces: readonly {
    readonly tokens: StoredTokens;
    /** UTF-8 bytes of the text. */
    readonly bytes: number;
  }[];
}
