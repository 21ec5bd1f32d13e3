/**
 * Returns a value as JSON, refusing what `JSON.stringify` would change in silence.
 *
 * @param value - Plain data.
 * @param what - What it is, for a message.
 * @param indent - Spaces per level; 0 puts all on one line.
 * @throws RangeError when a number in it is NaN or infinite, which JSON would turn into null.
 */
export function strictJson(value: unknown, what: string, indent = 0): string {
  return JSON.stringify(
    value,
    (key, item: unknown) => {
      if (typeof item === 'number' && !Number.isFinite(item)) {
        throw new RangeError(`strictJson: ${what} must hold finite numbers only, but ${key} is ${item}`);
      }
      return item;
    },
    indent,
  );
}
