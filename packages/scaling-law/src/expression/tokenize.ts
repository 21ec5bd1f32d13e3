/** A word of a formula, and where it stands, counted from 0. */
export interface Token {
  readonly kind: 'number' | 'name' | 'symbol' | 'end';
  readonly text: string;
  readonly position: number;
}

const WORDS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['number', /(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/iy],
  ['name', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['symbol', /[-+*/^()[\],·−]/y],
];

/** Typographic signs that papers print, and what they mean. */
const SIGNS: Readonly<Record<string, string>> = { '·': '*', '−': '-' };

/**
 * The words of a formula, with an `end` after the last.
 *
 * @throws SyntaxError for a character that no formula has.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    if (/\s/.test(text[position]!)) {
      position += 1;
      continue;
    }
    const token = tokenAt(text, position);
    position += token.text.length;
    tokens.push({ ...token, text: SIGNS[token.text] ?? token.text });
  }
  return [...tokens, { kind: 'end', text: 'the end', position }];
}

function tokenAt(text: string, position: number): Token {
  for (const [kind, pattern] of WORDS) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) return { kind, text: match[0], position };
  }
  throw new SyntaxError(
    `parseExpression: a formula must have numbers, names, + - * / ^ and brackets, but got "${text[position]}" at ` +
      `character ${position + 1} of "${text}"`,
  );
}
