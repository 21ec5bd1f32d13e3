import type { AddedTokenEntry } from './tokenizer-file.ts';

/** A stretch of text, or an added token that stood between two. */
export type Section = { readonly text: string } | { readonly id: number };

/**
 * Returns the function that finds added tokens in a text: the longest at each place, taking the white space beside
 * it where the token says so. The sections in between are in order and not empty.
 */
export function addedTokenFinder(tokens: readonly AddedTokenEntry[]): (text: string) => readonly Section[] {
  if (tokens.length === 0) return (text) => (text === '' ? [] : [{ text }]);
  const byContent = new Map(tokens.map((token) => [token.content, token]));
  const alternatives = [...byContent.keys()]
    .toSorted((a, b) => b.length - a.length)
    .map((content) => content.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  const pattern = new RegExp(alternatives.join('|'), 'g');
  return (text) => {
    const sections: Section[] = [];
    let from = 0;
    const addText = (end: number, trimEnd: boolean): void => {
      const between = text.slice(from, Math.max(from, end));
      const kept = trimEnd ? between.trimEnd() : between;
      if (kept !== '') sections.push({ text: kept });
    };
    for (const match of text.matchAll(pattern)) {
      const token = byContent.get(match[0])!;
      addText(match.index, token.lstrip === true);
      sections.push({ id: token.id });
      from = match.index + match[0].length;
      if (token.rstrip === true) from += text.slice(from).search(/\S|$/);
    }
    addText(text.length, false);
    return sections;
  };
}
