/** What {@link requireTokens} checks. */
export interface TokenRequirement {
  /** The part of the text, for the message. */
  part: 'training' | 'validation';
  /** Tokens in it. */
  tokens: number;
  /** Tokens that the model sees at once. */
  context: number;
  /** The text, for the message. */
  name?: string;
}

/**
 * Makes sure that a part of the text fills at least one window of `context + 1` tokens.
 *
 * @throws RangeError when it does not, naming the number of tokens and the minimum, or when `context` is no positive
 *   whole number.
 */
export function requireTokens({ part, tokens, context, name }: TokenRequirement): void {
  if (!Number.isInteger(context) || context < 1) {
    throw new RangeError(`requireTokens: context must be a positive whole number, but got ${context}`);
  }
  if (tokens > context) return;
  const of = name === undefined ? '' : ` of ${name}`;
  throw new RangeError(
    `requireTokens: the ${part} part${of} must have at least ${context + 1} tokens (context ${context} and the one after), but it has ${tokens}; give a longer text or a smaller context`,
  );
}
