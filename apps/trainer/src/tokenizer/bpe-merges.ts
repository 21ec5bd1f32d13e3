import { createPairHeap } from './pair-heap.ts';
import type { BpeModel } from './tokenizer-file.ts';

/** Symbols up to which scanning for the next merge is faster than a heap. */
const scannedSymbols = 64;

/**
 * Returns the function that applies the merges of a BPE to the symbols of one word: the pair of lowest rank first
 * and, among equals, the leftmost, until no pair is left.
 *
 * @param model - The vocabulary and the merges.
 * @returns From ids of characters to ids of tokens.
 * @throws RangeError when a merge names a token that the vocabulary lacks.
 * Source: arXiv 1508.07909, section 3.2.
 */
export function bpeMerges(model: BpeModel): (symbols: readonly number[]) => readonly number[] {
  const ids = new Map(Object.entries(model.vocab));
  let base = 1;
  for (const id of ids.values()) base = Math.max(base, id + 1);
  const rankOf = new Map<number, number>();
  const mergedId = new Int32Array(model.merges.length);
  const idOf = (token: string, rank: number): number => {
    const id = ids.get(token);
    if (id !== undefined) return id;
    throw new RangeError(
      `loadTokenizer: every token of model.merges must be in model.vocab, but ${JSON.stringify(token)} of merge ${rank} is not`,
    );
  };
  for (const [rank, merge] of model.merges.entries()) {
    const [left, right] = typeof merge === 'string' ? (merge.split(' ') as [string, string]) : merge;
    rankOf.set(idOf(left, rank) * base + idOf(right, rank), rank);
    mergedId[rank] = idOf(left + right, rank);
  }
  const rank = (left: number, right: number): number => rankOf.get(left * base + right) ?? Infinity;
  return (symbols) =>
    symbols.length <= scannedSymbols
      ? mergeByScanning(symbols, rank, mergedId)
      : mergeByHeap(symbols, rank, mergedId);
}

type Rank = (left: number, right: number) => number;

function mergeByScanning(symbols: readonly number[], rank: Rank, mergedId: Int32Array): number[] {
  const word = [...symbols];
  const ranks = word.slice(1).map((right, i) => rank(word[i]!, right));
  while (ranks.length > 0) {
    let best = 0;
    for (let i = 1; i < ranks.length; i++) if (ranks[i]! < ranks[best]!) best = i;
    if (ranks[best] === Infinity) break;
    word[best] = mergedId[ranks[best]!]!;
    word.splice(best + 1, 1);
    ranks.splice(best, 1);
    if (best > 0) ranks[best - 1] = rank(word[best - 1]!, word[best]!);
    if (best < ranks.length) ranks[best] = rank(word[best]!, word[best + 1]!);
  }
  return word;
}

function mergeByHeap(symbols: readonly number[], rank: Rank, mergedId: Int32Array): number[] {
  const word = Int32Array.from(symbols);
  const end = word.length;
  const next = Int32Array.from(word, (_, i) => i + 1);
  const previous = Int32Array.from(word, (_, i) => i - 1);
  const heap = createPairHeap();
  const push = (left: number): void => {
    if (left < 0 || next[left]! >= end) return;
    const found = rank(word[left]!, word[next[left]!]!);
    // The heap gives the largest count first, and among equals the smallest key.
    if (found !== Infinity) heap.push(-found, left);
  };
  for (let i = 0; i < end; i++) push(i);
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
    const left = top.key;
    const right = next[left]!;
    // Stale: the pair has been merged away or changed since; what it became was pushed then.
    if (word[left] === -1 || right >= end || rank(word[left]!, word[right]!) !== -top.count) continue;
    word[left] = mergedId[-top.count]!;
    word[right] = -1;
    next[left] = next[right]!;
    if (next[left]! < end) previous[next[left]!] = left;
    push(previous[left]!);
    push(left);
  }
  const merged: number[] = [];
  for (let i = 0; i < end; i = next[i]!) merged.push(word[i]!);
  return merged;
}
