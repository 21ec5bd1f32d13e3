import { byteAlphabet } from './byte-alphabet.ts';
import { endOfText } from './pre-tokenize.ts';

/** A special token as a `tokenizer.json` lists it. */
export interface AddedToken {
  /** Its id, the same as in the vocabulary. */
  id: number;
  /** Its text. */
  content: string;
  /** Matches whole words only. */
  single_word: boolean;
  /** Takes the white space before it. */
  lstrip: boolean;
  /** Takes the white space after it. */
  rstrip: boolean;
  /** Is found after normalization. */
  normalized: boolean;
  /** Is left out when decoding with `skip_special_tokens`. */
  special: boolean;
}

/** The settings of the `ByteLevel` pre-tokenizer and decoder. */
export interface ByteLevel {
  /** Always `ByteLevel`. */
  type: 'ByteLevel';
  /** Puts a space before the text; here never. */
  add_prefix_space: boolean;
  /** Leaves white space out of offsets; has no effect on ids. */
  trim_offsets: boolean;
  /** Splits with the GPT-2 pattern. */
  use_regex: boolean;
}

/** A Hugging Face `tokenizer.json` holding a byte-level BPE, as `tokenizers` 0.20 and later write it. */
export interface TokenizerJson {
  /** Version of the file format. */
  version: '1.0';
  /** No truncation. */
  truncation: null;
  /** No padding. */
  padding: null;
  /** The special tokens. */
  added_tokens: AddedToken[];
  /** No normalization: the round trip is exact. */
  normalizer: null;
  /** Splits the text and maps bytes to characters. */
  pre_tokenizer: ByteLevel;
  /** Adds no token at the ends. */
  post_processor: null;
  /** Maps characters back to bytes. */
  decoder: ByteLevel;
  /** The vocabulary and the merges. */
  model: {
    type: 'BPE';
    dropout: null;
    unk_token: null;
    continuing_subword_prefix: null;
    end_of_word_suffix: null;
    fuse_unk: false;
    byte_fallback: false;
    ignore_merges: false;
    /** Token to id. */
    vocab: Record<string, number>;
    /** The merges, earliest first. */
    merges: [string, string][];
  };
}

/** The tokens before any merge, in id order: the special token, then the byte alphabet by character, as Hugging Face's trainer numbers them. */
export function initialTokens(): string[] {
  return [endOfText, ...byteAlphabet.toSorted()];
}

/**
 * Returns the `tokenizer.json` of a byte-level BPE.
 *
 * @param tokens - All tokens in id order, beginning with {@link initialTokens}, or the 256 bytes alone.
 * @param merges - The merges, earliest first.
 */
export function createTokenizerJson(tokens: readonly string[], merges: [string, string][]): TokenizerJson {
  const byteLevel: ByteLevel = {
    type: 'ByteLevel',
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true,
  };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: tokens.includes(endOfText)
      ? [
          {
            id: tokens.indexOf(endOfText),
            content: endOfText,
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
            special: true,
          },
        ]
      : [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: { ...byteLevel },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}
