/** A name that is a file's on every system: letters, digits, dots, dashes and underscores. */
export function fileNameOf(name: string): string {
  const safe = name
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, 80);
  return safe === '' ? 'run' : safe;
}
