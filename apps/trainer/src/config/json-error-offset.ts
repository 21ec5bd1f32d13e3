/** A string, number or word; strings hold no raw control character, quote or backslash (RFC 8259, sections 3, 6 and 7). */
const scalar =
  /"(?:[ !#-[\]-\uFFFF]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const key = /"(?:[ !#-[\]-\uFFFF]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;
const space = /[ \t\n\r]*/y;

/**
 * Returns the offset of the first character at which a text stops being JSON, its length when it ends too early, or
 * -1 when it is JSON. `JSON.parse` says where only in some messages, and in others on each version of Node.
 *
 * @param text - The text, in UTF-16 units.
 */
export function jsonErrorOffset(text: string): number {
  let at = 0;
  const accept = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at += match[0].length;
    return match !== null;
  };
  const acceptCharacter = (character: string): boolean => {
    accept(space);
    if (text[at] !== character) return false;
    at++;
    return true;
  };
  const list = (close: string, item: () => boolean): boolean => {
    if (acceptCharacter(close)) return true;
    do {
      accept(space);
      if (!item()) return false;
    } while (acceptCharacter(','));
    return acceptCharacter(close);
  };
  const value = (): boolean => {
    accept(space);
    if (acceptCharacter('{')) return list('}', () => accept(key) && acceptCharacter(':') && value());
    if (acceptCharacter('[')) return list(']', value);
    return accept(scalar);
  };
  if (!value()) return at;
  accept(space);
  return at === text.length ? -1 : at;
}
