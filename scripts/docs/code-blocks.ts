/** A fenced block of a Markdown file. */
export interface CodeBlock {
  /** The first word behind the fence: `ts`, `sh`. */
  readonly language: string;
  /** What follows it, such as `not-tested`; empty mostly. */
  readonly mark: string;
  readonly code: string;
  /** The line of the fence, counted from 1. */
  readonly line: number;
}

/** All fenced blocks of a Markdown text, in order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^```(\w+)[ \t]*([^\n]*)\n(.*?)^```/gms)].map((match) => ({
    language: match[1]!,
    mark: match[2]!.trim(),
    code: match[3]!,
    line: markdown.slice(0, match.index).split('\n').length,
  }));
}

/** The blocks that are programs to run: `ts` and `js` without a mark. */
export function programs(markdown: string): CodeBlock[] {
  return codeBlocks(markdown).filter(({ language, mark }) => /^(?:ts|js)$/.test(language) && mark === '');
}
