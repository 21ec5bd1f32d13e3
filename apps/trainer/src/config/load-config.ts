import { extname } from 'node:path';
import { parse as parseToml, TomlError } from 'smol-toml';
import { readText } from '../data/read-text.ts';
import { jsonErrorOffset } from './json-error-offset.ts';
import { jsonSettings, positionAt, tomlSettings } from './setting-position.ts';
import type { Position, WrittenSetting } from './setting-position.ts';

/** Settings as a file has them, not checked yet. */
export interface ConfigFile {
  /** The file, for messages. */
  path: string;
  /** Its settings. */
  values: Readonly<Record<string, unknown>>;
  /** Where each stands, by name; absent where nobody wrote the file by hand. */
  positions?: ReadonlyMap<string, WrittenSetting>;
}

/**
 * Returns the settings of a TOML (`.toml`) or JSON (`.json`) file; `resolveConfig` checks them.
 *
 * @param path - The file, relative to the working directory.
 * @throws Error when the file cannot be read as text (as `readText`), has another extension, or is no table of
 *   settings; for a syntax error, or a setting that stands twice, with `path:line:column`, counted from 1, and the line.
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
  const written = extension === '.toml' ? tomlSettings(text) : jsonSettings(text);
  const positions = new Map(written.map((setting) => [setting.name, setting]));
  const twice = extension === '.json' && written.find((setting) => positions.get(setting.name) !== setting);
  if (twice) {
    const { name } = twice;
    const { key } = positions.get(name)!;
    throw errorAt(path, text, key, `${JSON.stringify(name)} stands here again, after line ${twice.key.line}`);
  }
  return { path, values: values as Record<string, unknown>, positions };
}

function fromToml(path: string, text: string): unknown {
  try {
    return parseToml(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const what = cause.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '');
    throw errorAt(path, text, cause, `${what}${quotesHint(text, cause)}`, cause);
  }
}

function fromJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const offset = jsonErrorOffset(text);
    const what =
      offset < text.length ? `unexpected ${JSON.stringify(text[offset])}` : 'the file ends too early';
    const at = positionAt(text, offset);
    throw errorAt(path, text, at, `${what}${quotesHint(text, at)}`, cause);
  }
}

/** A word where a value belongs is mostly a string without its quotes. */
function quotesHint(text: string, { line, column }: Position): string {
  const rest = (text.split(/\r?\n/)[line - 1] ?? '').slice(column - 1);
  const [word] = /^[A-Za-z_./][\w./:-]*(?=[\s,}\]]*(#.*)?$)/.exec(rest) ?? [];
  return word === undefined ? '' : `; a string needs quotes, as in ${JSON.stringify(word)}`;
}

function errorAt(
  path: string,
  text: string,
  { line, column }: Position,
  what: string,
  cause?: unknown,
): Error {
  const shown = text.split(/\r?\n/)[line - 1] ?? '';
  return new Error(
    `loadConfig: ${path}:${line}:${column}: ${what}\n  ${shown}\n  ${' '.repeat(column - 1)}^`,
    { cause },
  );
}
