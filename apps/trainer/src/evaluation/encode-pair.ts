import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Tokens of a context and of what follows it. */
export interface EncodedPair {
  readonly contextIds: Int32Array;
  readonly continuationIds: Int32Array;
}

/**
 * Encodes a context and its continuation as lm-evaluation-harness does for causal models: spaces at the end of the
 * context go to the continuation, both are encoded as one text, and what that has more than the context alone is the
 * continuation. What the tokenizer puts before a text, such as the token that begins one, comes before the context. An
 * empty context is that token, or else the one that ends a text.
 *
 * @throws RangeError when the context is empty and the vocabulary has no such token, or the continuation adds no token
 */
export function encodePair(
  tokenizer: Pick<Tokenizer, 'encode' | 'endOfTextId'>,
  context: string,
  continuation: string,
): EncodedPair {
  const encode = (text: string): Int32Array => tokenizer.encode(text, { addSpecialTokens: true });
  if (context === '') {
    const contextIds = prefixOf(tokenizer);
    return checked({ contextIds, continuationIds: tokenizer.encode(continuation) }, continuation);
  }
  const trimmed = context.trimEnd();
  const whole = encode(context + continuation);
  const contextIds = encode(trimmed);
  return checked({ contextIds, continuationIds: whole.slice(contextIds.length) }, continuation);
}

function prefixOf({ encode, endOfTextId }: Pick<Tokenizer, 'encode' | 'endOfTextId'>): Int32Array {
  const begin = encode('', { addSpecialTokens: true });
  if (begin.length > 0) return begin.slice(0, 1);
  if (endOfTextId !== undefined) return Int32Array.of(endOfTextId);
  throw new RangeError(
    'encodePair: an empty context needs a token that begins or ends a text, but the vocabulary has none',
  );
}

function checked(pair: EncodedPair, continuation: string): EncodedPair {
  if (pair.continuationIds.length > 0 && pair.contextIds.length > 0) return pair;
  throw new RangeError(
    `encodePair: a continuation must add a token to its context, but ${JSON.stringify(continuation)} adds none`,
  );
}
