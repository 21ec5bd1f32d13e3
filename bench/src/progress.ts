/** Shows one line that the next one replaces, on a terminal only; an empty text clears it. */
export function showProgress(text: string): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001b[2K${text}`);
}
