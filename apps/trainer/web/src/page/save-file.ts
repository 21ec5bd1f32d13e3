/** Hands a file to the browser, to be saved as it saves downloads. */
export function saveFile(fileName: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download has begun by then, and keeps the bytes itself.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
