import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { tokenToBytes } from './byte-alphabet.ts';
import { endOfText, forEachPreToken } from './pre-tokenize.ts';
import type { TokenizerJson } from './tokenizer-json.ts';

/** Text to token ids and back. */
export interface Tokenizer {
  /** Tokens in the vocabulary. */
  readonly vocabSize: number;
  /** Id of the token that ends a document. */
  readonly endOfTextId: number;
  /** Bytes of text that each token stands for; index is the id. Needed for bits per byte. */
  readonly bytesPerId: Uint16Array;
  /** Returns the ids of a text; `<|endoftext|>` written out in it becomes that token. */
  encode(text: string): Int32Array;
  /**
   * Returns the text of ids. Bytes that are not UTF-8, as in a sequence cut inside a character, become U+FFFD.
   *
   * @throws RangeError when an id is not in the vocabulary.
   */
  decode(ids: ArrayLike<number>): string;
}

/** Pre-tokens kept encoded; far more than a text of a few megabytes has, and a bound for a larger one. */
const cacheCapacity = 200_000;

/**
 * Returns a tokenizer for a byte-level BPE. `@huggingface/tokenizers` encodes each distinct pre-token once; a cache
 * does the rest, so a megabyte takes well under a second. `decode(encode(text)) === text` for every well-formed string.
 *
 * @param json - A `tokenizer.json` as `trainBpe` returns it.
 * @throws RangeError when the file is no byte-level BPE without normalizer and post-processor, or its ids have gaps.
 */
export function loadTokenizer(json: TokenizerJson): Tokenizer {
  requireByteLevelBpe(json);
  const { vocab } = json.model;
  const entries = Object.entries(vocab);
  const bytesOf: Uint8Array[] = Array.from({ length: entries.length });
  for (const [token, id] of entries) {
    if (!Number.isInteger(id) || id < 0 || id >= entries.length || bytesOf[id] !== undefined) {
      throw new RangeError(
        `loadTokenizer: the ids of the vocabulary must be 0 to ${entries.length - 1}, each once, but ${JSON.stringify(token)} has ${id}`,
      );
    }
    bytesOf[id] = token === endOfText ? new TextEncoder().encode(token) : tokenToBytes(token);
  }
  const endOfTextId = vocab[endOfText]!;
  // Without this setting the library's decode drops spaces; we decode ourselves, but a config is required.
  const library = new HuggingFaceTokenizer(json, { clean_up_tokenization_spaces: false });
  const cache = new Map<string, readonly number[]>();
  const encodePreToken = (preToken: string): readonly number[] => {
    const cached = cache.get(preToken);
    if (cached !== undefined) return cached;
    const ids: readonly number[] = library.encode(preToken).ids;
    if (cache.size >= cacheCapacity) cache.clear();
    cache.set(preToken, ids);
    return ids;
  };

  return {
    vocabSize: entries.length,
    endOfTextId,
    bytesPerId: Uint16Array.from(bytesOf, (bytes) => bytes.length),
    encode(text) {
      const ids: number[] = [];
      forEachPreToken(text, (preToken) => {
        for (const id of encodePreToken(preToken)) ids.push(id);
      });
      return Int32Array.from(ids);
    },
    decode(ids) {
      const parts = Array.from(ids, (id) => {
        const bytes = bytesOf[id];
        if (bytes === undefined) {
          throw new RangeError(`decode: ids must be 0 to ${entries.length - 1}, but got ${id}`);
        }
        return bytes;
      });
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(concatenate(parts));
    },
  };
}

/** Everything that encoding pre-token by pre-token relies on. */
function requireByteLevelBpe(json: TokenizerJson): void {
  const model = json?.model;
  const checks: [string, boolean][] = [
    ['model.type "BPE"', model?.type === 'BPE'],
    ['a model.vocab', typeof model?.vocab === 'object' && model.vocab !== null],
    ['model.merges', Array.isArray(model?.merges)],
    ['normalizer null', json?.normalizer === null],
    ['post_processor null', json?.post_processor === null],
    [
      'pre_tokenizer "ByteLevel" with use_regex and without add_prefix_space',
      json?.pre_tokenizer?.type === 'ByteLevel' &&
        json.pre_tokenizer.use_regex !== false &&
        !json.pre_tokenizer.add_prefix_space,
    ],
    ['decoder "ByteLevel"', json?.decoder?.type === 'ByteLevel'],
    [
      `the added token ${endOfText} and no other`,
      json?.added_tokens?.length === 1 &&
        json.added_tokens[0]?.content === endOfText &&
        model?.vocab?.[endOfText] === json.added_tokens[0].id,
    ],
  ];
  const missing = checks.find(([, holds]) => !holds);
  if (missing) {
    throw new RangeError(
      `loadTokenizer: the tokenizer.json must have ${missing[0]}, as trainBpe writes it; other tokenizers are not supported`,
    );
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
