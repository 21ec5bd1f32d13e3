import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  changedFileError,
  CHECKSUMS_FILE,
  encodeChecksums,
  missingFileError,
  parseChecksums,
} from './checksum-list.ts';
import { readWholeFile } from './durable-file.ts';
import { sha256 } from './sha256.ts';

/** Returns the content of a {@link CHECKSUMS_FILE} over files by name. */
export function checksumsOf(files: Readonly<Record<string, string>>): string {
  return encodeChecksums(
    Object.entries(files).map(([name, content]) => ({
      name,
      sha256: sha256([new TextEncoder().encode(content)]),
    })),
  );
}

/**
 * Checks the files of a run against its checksums. Runs of versions that wrote none pass.
 *
 * @throws Error naming the file that is missing, torn or changed.
 */
export function verifyChecksums(runDir: string): void {
  const path = join(runDir, CHECKSUMS_FILE);
  if (!existsSync(path)) return;
  for (const { name, sha256: wanted } of parseChecksums(
    new TextDecoder().decode(readWholeFile(path)),
    path,
  )) {
    const file = join(runDir, name);
    if (!existsSync(file)) throw missingFileError(file);
    if (sha256([readWholeFile(file)]) !== wanted) throw changedFileError(file, path);
  }
}
