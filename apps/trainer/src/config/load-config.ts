import { extname } from 'node:path';
import { parse as parseToml, TomlError } from 'smol-toml';
import { readText } from '../data/read-text.ts';
import { jsonErrorOffset } from './json-error-offset.ts';

/** Settings as a file has them, not checked yet. */
export interface ConfigFile {
  /** The file, for messages. */
  path: string;
  /** Its settings. */
  values: Readonly<Record<string, unknown>>;
}

/**
 * Returns the settings of a TOML (`.toml`) or JSON (`.json`) file; `resolveConfig` checks them.
 *
 * @param path - The file, relative to the working directory.
 * @throws Error when the file cannot be read as text (as `readText`), has another extension, or is no table of
 *   settings; for a syntax error with `path:line:column`, counted from 1, and the line.
 */
export function loadConfig(path: string): ConfigFile {
  const extension = extname(path).toLowerCase();
  if (extension !== '.toml' && extension !== '.json') {
    throw new Error(
      `loadConfig: ${path} must end in .toml or .json, but it ends in ${JSON.stringify(extension)}`,
    );
  }
  const { text } = readText(path);
  const values: unknown = extension === '.toml' ? fromToml(path, text) : fromJson(path, text);
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new Error(
      `loadConfig: ${path} must hold one object of settings, but got ${JSON.stringify(values)}`,
    );
  }
  return { path, values: values as Record<string, unknown> };
}

function fromToml(path: string, text: string): unknown {
  try {
    return parseToml(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const what = cause.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '');
    throw syntaxError({ path, text, line: cause.line, column: cause.column, what, cause });
  }
}

function fromJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const offset = jsonErrorOffset(text);
    const before = text.slice(0, offset).split('\n');
    const what =
      offset < text.length ? `unexpected ${JSON.stringify(text[offset])}` : 'the file ends too early';
    throw syntaxError({ path, text, line: before.length, column: before.at(-1)!.length + 1, what, cause });
  }
}

function syntaxError(at: {
  path: string;
  text: string;
  line: number;
  column: number;
  what: string;
  cause: unknown;
}): Error {
  const line = at.text.split(/\r?\n/)[at.line - 1] ?? '';
  return new Error(
    `loadConfig: ${at.path}:${at.line}:${at.column}: ${at.what}\n  ${line}\n  ${' '.repeat(at.column - 1)}^`,
    { cause: at.cause },
  );
}
