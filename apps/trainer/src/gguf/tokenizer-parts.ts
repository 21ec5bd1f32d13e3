/** What differs between byte-level and SentencePiece-like vocabularies. */
export interface TokenizerParts {
  readonly normalizer: object | null;
  readonly preTokenizer: object | null;
  readonly decoder: object;
  readonly merges: readonly [string, string][];
  readonly unknown: string | null;
  readonly byteFallback: boolean;
  readonly ignoresMerges: boolean;
}
