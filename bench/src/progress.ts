/**
 * Shows what is being done on stderr: on a terminal in one line that the next one replaces and an empty text clears,
 * elsewhere a line each with the seconds since the start.
 */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
  else if (text !== '')
    process.stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
}
