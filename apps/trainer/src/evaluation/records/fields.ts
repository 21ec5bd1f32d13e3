import type { EvaluationRecord } from './evaluation-record.ts';

/** Reads the fields of a record; what is wrong with one is an error that names the place and the field. */
export interface Fields {
  /** The first of these fields that is there: a text. */
  text(...names: string[]): string;
  /** The same, of a text that may be absent. */
  textOrNothing(...names: string[]): string | undefined;
  /** A list of texts, at least `least`. */
  texts(name: string, least?: number): string[];
  /** The first of these fields that is there: a whole number from 0 to `count − 1`, also written as a text. */
  index(names: readonly string[], count: number): number;
  /** The first of these fields that is there, whatever it is; `undefined` when none is. */
  any(...names: string[]): unknown;
  /** The fields of an object. */
  object(name: string): Fields;
  /** The error that a field is not what it must be. */
  wrong(name: string, must: string, but: string): Error;
}

/**
 * Opens a record.
 *
 * @throws Error when it is no object
 */
export function fieldsOf({ value, where }: EvaluationRecord, prefix = ''): Fields {
  const shown = prefix === '' ? 'the document' : `field "${prefix.slice(0, -1)}"`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${where}: ${shown} must be an object, but got ${brief(value)}`);
  }
  const record = value as Record<string, unknown>;
  const wrong = (name: string, must: string, but: string): Error =>
    new Error(`${where}: field "${prefix}${name}" must be ${must}, but ${but}`);
  const find = (names: readonly string[]): string | undefined =>
    names.find((name) => record[name] !== undefined && record[name] !== null);
  const need = (names: readonly string[], must: string): string => {
    const name = find(names);
    if (name !== undefined) return name;
    const has = Object.keys(record).slice(0, 12).join(', ') || 'nothing';
    throw wrong(names.join('" or "'), must, `there is none; the document has ${has}`);
  };
  const text = (...names: string[]): string => {
    const name = need(names, 'a text');
    const found = record[name];
    if (typeof found !== 'string') throw wrong(name, 'a text', `got ${brief(found)}`);
    return found;
  };
  return {
    wrong,
    text,
    textOrNothing: (...names) => (find(names) === undefined ? undefined : text(...names)),
    texts(name, least = 1) {
      const found = record[need([name], 'a list of texts')];
      if (!Array.isArray(found) || found.length < least || !found.every((each) => typeof each === 'string')) {
        throw wrong(name, `a list of at least ${least} text${least === 1 ? '' : 's'}`, `got ${brief(found)}`);
      }
      return found;
    },
    index(names, count) {
      const must = `a whole number from 0 to ${count - 1}`;
      const name = need(names, must);
      const found = record[name];
      const number = typeof found === 'string' && /^\d+$/.test(found) ? Number(found) : found;
      if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number >= count) {
        throw wrong(name, must, `got ${brief(found)}`);
      }
      return number;
    },
    any(...names) {
      const name = find(names);
      return name === undefined ? undefined : record[name];
    },
    object(name) {
      return fieldsOf({ value: record[need([name], 'an object')], where }, `${prefix}${name}.`);
    },
  };
}

function brief(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}
