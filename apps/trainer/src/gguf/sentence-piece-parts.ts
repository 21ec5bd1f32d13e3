import type { TokenizerParts } from './tokenizer-parts.ts';

/** The mark of a space. */
const SPACE = '▁';

/** A SentencePiece-like vocabulary as GGUF has it. */
export interface SentencePieceVocabulary {
  readonly tokens: readonly string[];
  readonly scores: ArrayLike<number> | undefined;
  readonly unknown: string | undefined;
  /** Whether a text is encoded as if a space stood before it. */
  readonly addsSpace: boolean;
}

/**
 * The parts of a `tokenizer.json` with byte fallback, as Hugging Face makes them of a SentencePiece model: a merge for
 * each cut of a token into two tokens, in the order of the tokens' scores.
 *
 * @throws RangeError when there are no scores, or no token for what is unknown
 */
export function sentencePieceParts(vocabulary: SentencePieceVocabulary): TokenizerParts {
  const { tokens, scores, unknown, addsSpace } = vocabulary;
  if (scores === undefined || unknown === undefined) {
    throw new RangeError(
      `tokenizerOfGguf: a vocabulary of model llama must have ${scores === undefined ? 'tokenizer.ggml.scores' : 'a token of type unknown'}, but has none`,
    );
  }
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: { readonly pair: [string, string]; readonly score: number; readonly at: number[] }[] = [];
  for (const [id, token] of tokens.entries()) {
    const characters = Array.from(token);
    for (let cut = 1; cut < characters.length; cut++) {
      const pair: [string, string] = [characters.slice(0, cut).join(''), characters.slice(cut).join('')];
      const [left, right] = pair.map((part) => ids.get(part));
      if (left === undefined || right === undefined) continue;
      merges.push({ pair, score: scores[id]!, at: [left, right] });
    }
  }
  merges.sort((a, b) => b.score - a.score || a.at[0]! - b.at[0]! || a.at[1]! - b.at[1]!);
  const space = { type: 'Replace', pattern: { String: ' ' }, content: SPACE };
  return {
    normalizer: {
      type: 'Sequence',
      normalizers: addsSpace ? [{ type: 'Prepend', prepend: SPACE }, space] : [space],
    },
    preTokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: SPACE }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(addsSpace ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    merges: merges.map(({ pair }) => pair),
    unknown,
    byteFallback: true,
    ignoresMerges: false,
  };
}
