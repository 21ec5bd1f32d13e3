import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { addedTokenFinder } from './added-tokens.ts';
import { bytesOfToken, componentTypes, spellingOf } from './token-bytes.ts';
import { templateIds } from './template-ids.ts';
import {
  parseTokenizerFile,
  type AddedTokenEntry,
  type BpeModel,
  type TokenizerFile,
} from './tokenizer-file.ts';
import type { Tokenizer } from './tokenizer.ts';
import { preparationOf } from './word-splitter.ts';
import { wordEncoder } from './word-encoder.ts';

export type { Tokenizer } from './tokenizer.ts';

/** Names of the token that ends a document, in the vocabularies of GPT-2 and Qwen, Llama 3, Llama 2, Gemma, DeepSeek. */
const endOfTextNames = [
  '<|endoftext|>',
  '<|end_of_text|>',
  '</s>',
  '<eos>',
  '<｜end▁of▁sentence｜>',
] as const;

/**
 * Returns a tokenizer for a `tokenizer.json`: byte-level BPE (GPT-2, Llama 3, Qwen, and ours), SentencePiece-like BPE
 * with byte fallback (Llama 2, Mistral), and Unigram. BPE merges and the search for words' ids are our own, ten times
 * as fast as `@huggingface/tokenizers` and with its ids; Unigram is encoded by that library.
 *
 * For a byte-level vocabulary without a normalizer, `decode(encode(text)) === text` for every well-formed string.
 *
 * @param json - The parsed file.
 * @throws RangeError naming the field that is wrong or of an unknown kind.
 */
export function loadTokenizer(json: unknown): Tokenizer {
  const file = parseTokenizerFile(json);
  const spelling = spellingOf(file.decoder);
  const vocab =
    file.model.type === 'BPE'
      ? Object.entries(file.model.vocab)
      : file.model.vocab.map(([token], id) => [token, id] as const);
  const special = new Set(file.added_tokens.flatMap((token) => (token.special === true ? [token.id] : [])));
  const bytesOf = vocabularyBytes(file, vocab, (token) => bytesOfToken(token, spelling));
  const { before, after } = templateIds(file.post_processor);
  const encodeText =
    file.model.type === 'BPE' && !hasAffixes(file.model)
      ? bpeEncoder(file, file.model)
      : libraryEncoder(json as object);
  const stripsSpace = spelling === 'metaspace' && marksBeginning(file);
  const contents = new Map(file.added_tokens.map(({ content, id }) => [content, id]));
  const endName = endOfTextNames.find((name) => contents.has(name));

  return {
    vocabSize: bytesOf.length,
    endOfTextId: endName === undefined ? undefined : contents.get(endName),
    specialIds: special,
    bytesPerId: Uint16Array.from(bytesOf, (bytes, id) => (special.has(id) ? 0 : (bytes?.length ?? 0))),
    encode(text, { addSpecialTokens = false, continues = false } = {}) {
      const ids = addSpecialTokens && !continues ? [...before] : [];
      encodeText(text, continues, ids);
      if (addSpecialTokens) ids.push(...after);
      return Int32Array.from(ids);
    },
    decode(ids) {
      const parts = Array.from(ids, (id) => {
        const bytes = bytesOf[id];
        if (bytes === undefined) {
          throw new RangeError(`decode: ids must be 0 to ${bytesOf.length - 1}, but got ${id}`);
        }
        return bytes;
      });
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(concatenate(parts));
      return stripsSpace && text.startsWith(' ') && !special.has(ids[0]!) ? text.slice(1) : text;
    },
  };
}

function vocabularyBytes(
  file: TokenizerFile,
  vocab: readonly (readonly [string, number])[],
  bytesOfModelToken: (token: string) => Uint8Array,
): (Uint8Array | undefined)[] {
  const bytesOf: (Uint8Array | undefined)[] = [];
  const added = new Map(file.added_tokens.map(({ id, content }) => [id, content]));
  const put = (id: number, bytes: Uint8Array): void => {
    while (bytesOf.length < id) bytesOf.push(undefined);
    bytesOf[id] = bytes;
  };
  for (const [token, id] of vocab) {
    if (bytesOf[id] !== undefined) {
      throw new RangeError(
        `loadTokenizer: every id of the vocabulary must belong to one token, but ${id} is also that of ${JSON.stringify(token)}`,
      );
    }
    put(id, added.has(id) ? new Uint8Array() : bytesOfModelToken(token));
  }
  for (const [id, content] of added) put(id, new TextEncoder().encode(content));
  return bytesOf;
}

type TextEncoderInto = (text: string, continues: boolean, ids: number[]) => void;

function bpeEncoder(file: TokenizerFile, model: BpeModel): TextEncoderInto {
  const { normalize, split } = preparationOf(file, model);
  const encodeWord = wordEncoder(model, spellingOf(file.decoder));
  const findInText = addedTokenFinder(file.added_tokens.filter((token) => !isNormalized(token)));
  const findNormalized = addedTokenFinder(file.added_tokens.filter(isNormalized));
  // A prefix would be put where the space of a continuing piece already stands.
  const prepends = componentTypes(file.normalizer).includes('Prepend');
  return (text, continues, ids) => {
    let first = true;
    for (const section of findInText(text)) {
      if ('id' in section) ids.push(section.id);
      else {
        const skip = prepends && continues && first && section.text.startsWith(' ');
        for (const part of findNormalized(normalize(skip ? section.text.slice(1) : section.text))) {
          if ('id' in part) ids.push(part.id);
          else
            split(part.text, first && !continues, (word) => {
              for (const id of encodeWord(word)) ids.push(id);
            });
        }
      }
      first = false;
    }
  };
}

/** For Unigram, and for word endings as in CLIP's vocabulary. A continuing piece is encoded as a text of its own. */
function libraryEncoder(json: object): TextEncoderInto {
  const library = new HuggingFaceTokenizer(json, { clean_up_tokenization_spaces: false });
  return (text, _continues, ids) => {
    for (const id of library.encode(text, { add_special_tokens: false }).ids) ids.push(id);
  };
}

/** Whether an added token is looked for after normalization. */
function isNormalized({ normalized, special }: AddedTokenEntry): boolean {
  return normalized ?? special !== true;
}

function hasAffixes(model: BpeModel): boolean {
  return Boolean(model.continuing_subword_prefix) || Boolean(model.end_of_word_suffix);
}

/** Whether encoding puts a space before a text, which decoding takes away. */
function marksBeginning(file: TokenizerFile): boolean {
  const types = new Set([...componentTypes(file.normalizer), ...componentTypes(file.pre_tokenizer)]);
  const never = JSON.stringify(file.pre_tokenizer ?? {}).includes('"prepend_scheme":"never"');
  return types.has('Prepend') || (types.has('Metaspace') && !never);
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
