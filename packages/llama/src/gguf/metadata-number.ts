import type { GgufFile } from './read-gguf.ts';

/**
 * The number of a key, or undefined where there is none. Of a float32 the shortest decimal that rounds to it: 1e-5, not
 * 0.000009999999747378752.
 *
 * @throws TypeError when the value is no number
 */
export function numberOf(file: Pick<GgufFile, 'value'>, key: string): number | undefined {
  const entry = file.value(key);
  if (entry === undefined) return undefined;
  if (entry.type === 'float32') return shortestDecimal(entry.value);
  const { value } = entry;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return value;
  throw new TypeError(
    `numberOf: ${key} must be a number, but is of type ${entry.type}; a value per layer is not computed`,
  );
}

function shortestDecimal(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}
