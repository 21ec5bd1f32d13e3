/**
 * Text that is safe to show on a terminal: control characters, which a byte-level model may well produce, become
 * U+FFFD, so that none of them moves the cursor or changes colours. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD');
}
