import { documentTokens, positionAt, tomlKey } from './setting-position.ts';
import type { Token, WrittenSetting } from './setting-position.ts';

/**
 * Returns where every value of a TOML or JSON document stands, by path: `model`, `model[1]`, `runs[0].recipe`. Of a
 * table `[name]` the header counts as key and value; of a dotted key its first part names it.
 *
 * @param text - A document that parses.
 */
export function valuePositions(text: string, kind: 'toml' | 'json'): ReadonlyMap<string, WrittenSetting> {
  const all = documentTokens(text, kind);
  const found = new Map<string, WrittenSetting>();
  const record = (path: string, key: Token, value: Token): void => {
    const [name] = /[^.]*$/.exec(path)!;
    found.set(path, {
      name,
      key: positionAt(text, key.offset),
      value: positionAt(text, value.offset),
    });
  };
  const textAt = (i: number): string | undefined => all[i]?.text;
  const skip = (from: number, marks: string): number => {
    let i = from;
    while (i < all.length && marks.includes(textAt(i)!)) i++;
    return i;
  };
  const find = (from: number, marks: string): number => {
    let i = from;
    while (i < all.length && !marks.includes(textAt(i)!)) i++;
    return i;
  };

  /** Reads the value at token `start`, and returns the token after it. */
  const readValue = (path: string, start: number, key?: Token): number => {
    let i = skip(start, '\n');
    record(path, key ?? all[i]!, all[i]!);
    if (textAt(i) === '[') {
      i = skip(i + 1, ',\n');
      for (let n = 0; textAt(i) !== ']'; n++) i = skip(readValue(`${path}[${n}]`, i), ',\n');
      return i + 1;
    }
    if (textAt(i) === '{') {
      i = skip(i + 1, ',\n');
      while (textAt(i) !== '}') i = skip(readEntry(path, i), ',\n');
      return i + 1;
    }
    return find(i, ',]}\n');
  };
  const readEntry = (table: string, i: number): number => {
    const key = all[i]!;
    const name = kind === 'toml' ? tomlKey(key.text) : (JSON.parse(key.text) as string);
    return readValue(table === '' ? name : `${table}.${name}`, find(i, kind === 'toml' ? '=' : ':') + 1, key);
  };

  if (kind === 'json') {
    readValue('', 0);
    return found;
  }
  const headers = new Map<string, number>();
  let table = '';
  for (let i = skip(0, '\n'); i < all.length; i = skip(i, '\n')) {
    if (textAt(i) !== '[') {
      i = readEntry(table, i);
      continue;
    }
    const isList = textAt(i + 1) === '[';
    const name = tomlKey(all[isList ? i + 2 : i + 1]!.text);
    const count = headers.get(name) ?? 0;
    headers.set(name, count + 1);
    table = isList ? `${name}[${count}]` : name;
    record(table, all[i]!, all[i]!);
    if (!found.has(name)) record(name, all[i]!, all[i]!);
    i = find(i, '\n');
  }
  return found;
}
