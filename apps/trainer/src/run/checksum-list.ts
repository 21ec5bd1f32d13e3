/** The file with the checksums of what never changes in a run, as `sha256sum --check` reads it. */
export const CHECKSUMS_FILE = 'SHA256SUMS';

/** A file of a run that never changes. */
export interface Checksum {
  readonly name: string;
  /** SHA-256 in hex. */
  readonly sha256: string;
}

/** Returns the content of a {@link CHECKSUMS_FILE}. */
export function encodeChecksums(checksums: readonly Checksum[]): string {
  return checksums.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}

/**
 * Returns what a {@link CHECKSUMS_FILE} says.
 *
 * @param path - The file, for messages.
 * @throws Error when it is torn or was changed.
 */
export function parseChecksums(text: string, path: string): readonly Checksum[] {
  const torn = new Error(
    `openRun: ${path} must have lines of a SHA-256 and a name, but it is torn or was changed; delete it if the other files are as they were`,
  );
  const lines = text.split('\n');
  // Every line has its end, so that the last one is empty.
  if (lines.pop() !== '' || lines.length === 0) throw torn;
  return lines.map((line) => {
    const [, sha256, name] = /^([\da-f]{64}) {2}([^/\\]+)$/.exec(line) ?? [];
    if (sha256 === undefined || name === undefined) throw torn;
    return { name, sha256 };
  });
}

/** The error for a file that is not there. */
export function missingFileError(file: string): Error {
  return new Error(`openRun: ${file} must be there, but it is missing; put it back`);
}

/**
 * The error for a file that does not have its checksum.
 *
 * @param list - The {@link CHECKSUMS_FILE} that has it.
 */
export function changedFileError(file: string, list: string): Error {
  return new Error(
    `openRun: ${file} must have the SHA-256 that ${list} says, but it has another: one of them was changed or is torn; put the old file back, or delete ${CHECKSUMS_FILE} if the change is meant`,
  );
}
