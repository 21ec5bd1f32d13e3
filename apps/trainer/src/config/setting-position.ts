/** A place in a text, counted from 1. */
export interface Position {
  readonly line: number;
  /** In UTF-16 units. */
  readonly column: number;
}

/** A setting as it stands in a file. */
export interface WrittenSetting {
  readonly name: string;
  /** Where its name begins. */
  readonly key: Position;
  /** Where its value begins. */
  readonly value: Position;
}

/** Returns the place of an offset in a text. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** A piece of a text. */
export interface Token {
  readonly text: string;
  readonly offset: number;
}

function tokens(text: string, pattern: RegExp): Token[] {
  return [...text.matchAll(pattern)].map((match) => ({ text: match[0], offset: match.index }));
}

/** Splits a TOML or JSON document into strings, marks, line ends (TOML) and everything else; comments are left out. */
export function documentTokens(text: string, kind: 'toml' | 'json'): Token[] {
  return tokens(text, kind === 'toml' ? TOML_TOKEN : JSON_TOKEN).filter(({ text: [first] }) => first !== '#');
}

const opens = (token: string): boolean => token === '{' || token === '[';
const closes = (token: string): boolean => token === '}' || token === ']';

/**
 * Returns the settings of a JSON object in the order in which they stand, repeated ones too.
 *
 * @param text - JSON that parses to an object.
 */
export function jsonSettings(text: string): WrittenSetting[] {
  const found: WrittenSetting[] = [];
  const all = documentTokens(text, 'json');
  let depth = 0;
  for (const [i, token] of all.entries()) {
    if (opens(token.text)) depth++;
    else if (closes(token.text)) depth--;
    else if (depth === 1 && token.text === ':') {
      const [key, value] = [all[i - 1]!, all[i + 1]!];
      found.push(setting(text, JSON.parse(key.text) as string, key, value));
    }
  }
  return found;
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

const TOML_TOKEN = new RegExp(
  [
    '#[^\\n]*',
    '"""(?:\\\\[^]|[^\\\\])*?"{3,5}(?!")',
    "'''[^]*?'{3,5}(?!')",
    '"(?:[^"\\\\\\n]|\\\\.)*"',
    "'[^'\\n]*'",
    '[{}[\\],=.\\n]',
    '[^\\s{}[\\],=."\'#]+',
  ].join('|'),
  'g',
);

/**
 * Returns the settings at the top level of a TOML document in the order in which they stand. A table stands where its
 * header does; of a dotted key the first part counts.
 *
 * @param text - TOML that parses.
 */
export function tomlSettings(text: string): WrittenSetting[] {
  const found: WrittenSetting[] = [];
  const all = documentTokens(text, 'toml');
  let depth = 0;
  let inTable = false;
  let lineBegins = true;
  for (const [i, token] of all.entries()) {
    if (token.text === '\n') {
      lineBegins ||= depth === 0;
      continue;
    }
    if (lineBegins) {
      if (token.text === '[') {
        inTable = true;
        const key = all[all[i + 1]!.text === '[' ? i + 2 : i + 1]!;
        found.push(setting(text, tomlKey(key.text), token, token));
      } else if (!inTable) {
        const equals = all.findIndex((other, j) => j > i && other.text === '=');
        found.push(setting(text, tomlKey(token.text), token, all[equals + 1]!));
      }
    }
    lineBegins = false;
    if (opens(token.text)) depth++;
    else if (closes(token.text)) depth--;
  }
  return found;
}

function setting(text: string, name: string, key: Token, value: Token): WrittenSetting {
  return { name, key: positionAt(text, key.offset), value: positionAt(text, value.offset) };
}

/** The name that a token of TOML means as a key. */
export function tomlKey(token: string): string {
  if (token.startsWith('"')) return JSON.parse(token) as string;
  return token.startsWith("'") ? token.slice(1, -1) : token;
}
