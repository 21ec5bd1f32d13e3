import { bpeMerges } from './bpe-merges.ts';
import { byteAlphabet } from './byte-alphabet.ts';
import type { Spelling } from './token-bytes.ts';
import type { BpeModel } from './tokenizer-file.ts';

/** Words kept encoded: what makes encoding fast, and a bound for its memory. */
const cacheCapacity = 65_536;
const longestCachedWord = 64;

const utf8 = new TextEncoder();

/**
 * Returns the function that encodes one word (a pre-token) with a BPE. Frequent words are encoded once.
 *
 * @param model - The vocabulary and the merges.
 * @param spelling - Whether the vocabulary spells bytes or characters.
 * @throws RangeError when a merge names a token that the vocabulary lacks.
 */
export function wordEncoder(model: BpeModel, spelling: Spelling): (word: string) => readonly number[] {
  const merge = bpeMerges(model);
  const symbols = spelling === 'byte-level' ? byteSymbols(model) : characterSymbols(model);
  const cache = new Map<string, readonly number[]>();
  const encode = (word: string): readonly number[] => {
    if (model.ignore_merges === true) {
      const whole = spelling === 'byte-level' ? inByteAlphabet(word) : word;
      if (Object.hasOwn(model.vocab, whole)) return [model.vocab[whole]!];
    }
    return merge(symbols(word));
  };
  return (word) => {
    const cached = cache.get(word);
    if (cached !== undefined) return cached;
    const ids = encode(word);
    if (word.length > longestCachedWord) return ids;
    if (cache.size >= cacheCapacity) cache.clear();
    // A copy, as a long slice of a large text keeps the whole text alive.
    cache.set(` ${word}`.slice(1), ids);
    return ids;
  };
}

function inByteAlphabet(word: string): string {
  let mapped = '';
  for (const byte of utf8.encode(word)) mapped += byteAlphabet[byte]!;
  return mapped;
}

/** The id that stands for what the vocabulary lacks; without one it is left out, as Hugging Face does. */
function unknownId({ unk_token: token, vocab }: BpeModel): number | undefined {
  return token === null || token === undefined ? undefined : vocab[token];
}

function byteSymbols(model: BpeModel): (word: string) => number[] {
  const unknown = unknownId(model);
  const idOfByte = byteAlphabet.map((character) => model.vocab[character] ?? unknown);
  return (word) => {
    const ids: number[] = [];
    for (const byte of utf8.encode(word)) {
      const id = idOfByte[byte];
      if (id !== undefined) ids.push(id);
    }
    return ids;
  };
}

function characterSymbols(model: BpeModel): (word: string) => number[] {
  const vocab = new Map(Object.entries(model.vocab));
  const unknown = unknownId(model);
  const byteIds = Array.from({ length: 256 }, (_, byte) =>
    vocab.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
  );
  return (word) => {
    const ids: number[] = [];
    for (const character of word) {
      const id = vocab.get(character);
      if (id !== undefined) {
        ids.push(id);
        continue;
      }
      const bytes = model.byte_fallback === true ? Array.from(utf8.encode(character), (b) => byteIds[b]) : [];
      if (bytes.length > 0 && bytes.every((byte) => byte !== undefined)) ids.push(...bytes);
      else if (unknown !== undefined && !(model.fuse_unk === true && ids.at(-1) === unknown))
        ids.push(unknown);
    }
    return ids;
  };
}
