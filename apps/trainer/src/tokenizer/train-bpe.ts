import { byteAlphabet } from './byte-alphabet.ts';
import { createPairHeap } from './pair-heap.ts';
import { endOfText, forEachPreToken } from './pre-tokenize.ts';
import { createTokenizerJson, initialTokens, type TokenizerJson } from './tokenizer-json.ts';

/** Options of {@link trainBpe}. */
export interface TrainBpeOptions {
  /** Tokens in the vocabulary, with the 256 bytes and the special token: 257 to 65,536, or 256 for bytes alone. */
  vocabSize: number;
  /** Called after every merge with the size reached and the size asked for. */
  onProgress?: (size: number, vocabSize: number) => void;
}

/** A distinct pre-token: its current symbols and how often the text has it. */
interface Word {
  symbols: number[];
  count: number;
}

/**
 * Trains a byte-level BPE: merges, again and again, the adjacent pair of tokens that the text has most often, never
 * across pre-tokens. Among equals the pair with the smaller ids wins, so the result depends on the text alone.
 * Pair counts are kept up to date in the words a merge touches; a heap with stale entries finds the next pair.
 *
 * Fewer than `vocabSize` tokens come out when no pair occurs twice any more; take the size from the loaded tokenizer.
 *
 * @param text - The training text, or its pieces; no pre-token goes over the end of a piece. {@link endOfText}
 *   written out in it is one token and teaches no merges.
 * @param options - The vocabulary size, and a progress callback.
 * @returns A Hugging Face `tokenizer.json` object.
 * @throws RangeError when `vocabSize` is not a whole number from 256 to 65,536, or the text is empty.
 * Source: arXiv 1508.07909, algorithm 1; byte alphabet and pre-tokens of GPT-2.
 */
export function trainBpe(text: string | Iterable<string>, options: TrainBpeOptions): TokenizerJson {
  const { vocabSize, onProgress } = options;
  if (!Number.isInteger(vocabSize) || vocabSize < 256 || vocabSize > 65_536) {
    throw new RangeError(
      `trainBpe: vocabSize must be a whole number from 256 (the bytes alone; 257 with ${endOfText}) to 65,536, but got ${vocabSize}`,
    );
  }
  // With 256 there is no room for the special token: every text is plain bytes.
  const tokens = vocabSize === 256 ? byteAlphabet.toSorted() : initialTokens();

  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const words = collectWords(
    typeof text === 'string' ? [text] : text,
    byteAlphabet.map((character) => idOf.get(character)!),
  );
  if (words.length === 0) throw new RangeError('trainBpe: the text must not be empty');
  const counts = new Map<number, number>();
  const wordsWith = new Map<number, Set<number>>();
  // Small integers for vocabularies up to 32,768, which V8 hashes fastest.
  const keyOf = (left: number, right: number): number => left * vocabSize + right;
  const add = (left: number, right: number, delta: number, word: number): number => {
    const key = keyOf(left, right);
    counts.set(key, (counts.get(key) ?? 0) + delta);
    if (delta > 0) {
      const set = wordsWith.get(key);
      if (set) set.add(word);
      else wordsWith.set(key, new Set([word]));
    }
    return key;
  };
  for (const [index, { symbols, count }] of words.entries()) {
    for (let i = 1; i < symbols.length; i++) add(symbols[i - 1]!, symbols[i]!, count, index);
  }
  const heap = createPairHeap();
  for (const [key, count] of counts) heap.push(count, key);

  const merges: [string, string][] = [];
  const seen = new Set<number>();
  while (tokens.length < vocabSize) {
    const top = heap.pop();
    if (top === undefined || top.count < 2) break;
    const current = counts.get(top.key) ?? 0;
    if (current !== top.count) {
      // Stale: counts fall without a push, so it goes back under its true count. A count that rose was pushed then.
      if (current > 0 && current < top.count) heap.push(current, top.key);
      continue;
    }
    const left = Math.floor(top.key / vocabSize);
    const right = top.key % vocabSize;
    const merged = tokens[left]! + tokens[right]!;
    // Two different pairs may spell the same token; it keeps its first id.
    const id = idOf.get(merged) ?? tokens.push(merged) - 1;
    idOf.set(merged, id);
    // Such a token may bring back a pair merged before; the pair keeps its first rank.
    if (!seen.has(top.key)) merges.push([tokens[left]!, tokens[right]!]);
    seen.add(top.key);

    const grown = new Set<number>();
    for (const index of wordsWith.get(top.key)!) {
      const { symbols, count } = words[index]!;
      let write = 0;
      for (let read = 0; read < symbols.length; read++, write++) {
        if (symbols[read] !== left || symbols[read + 1] !== right) {
          symbols[write] = symbols[read]!;
          continue;
        }
        read++;
        if (write > 0) {
          add(symbols[write - 1]!, left, -count, index);
          grown.add(add(symbols[write - 1]!, id, count, index));
        }
        const next = symbols[read + 1];
        if (next !== undefined) {
          add(right, next, -count, index);
          grown.add(add(id, next, count, index));
        }
        symbols[write] = id;
      }
      symbols.length = write;
    }
    counts.delete(top.key);
    wordsWith.delete(top.key);
    for (const key of grown) {
      const count = counts.get(key) ?? 0;
      if (count > 0) heap.push(count, key);
    }
    onProgress?.(tokens.length, vocabSize);
  }
  return createTokenizerJson(tokens, merges);
}

/** The distinct pre-tokens of all pieces as symbols, in order of first appearance. */
function collectWords(pieces: Iterable<string>, idOfByte: readonly number[]): Word[] {
  const occurrences = new Map<string, number>();
  for (const text of pieces) {
    forEachPreToken(text, (preToken) => occurrences.set(preToken, (occurrences.get(preToken) ?? 0) + 1));
  }
  occurrences.delete(endOfText);
  const encoder = new TextEncoder();
  return Array.from(occurrences, ([preToken, count]) => ({
    symbols: Array.from(encoder.encode(preToken), (byte) => idOfByte[byte]!),
    count,
  }));
}
