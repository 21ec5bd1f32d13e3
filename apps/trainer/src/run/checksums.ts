import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './checkpoint-manifest.ts';
import { readWholeFile } from './durable-file.ts';

/** The file with the checksums of what never changes in a run, as `sha256sum --check` reads it. */
export const CHECKSUMS_FILE = 'SHA256SUMS';

/** Returns the content of a {@link CHECKSUMS_FILE} over files by name. */
export function checksumsOf(files: Readonly<Record<string, string>>): string {
  return Object.entries(files)
    .map(([name, content]) => `${sha256([new TextEncoder().encode(content)])}  ${name}\n`)
    .join('');
}

/**
 * Checks the files of a run against its checksums. Runs of versions that wrote none pass.
 *
 * @throws Error naming the file that is missing, torn or changed.
 */
export function verifyChecksums(runDir: string): void {
  const path = join(runDir, CHECKSUMS_FILE);
  if (!existsSync(path)) return;
  const lines = new TextDecoder().decode(readWholeFile(path)).split('\n');
  // Every line has its end, so that the last one is empty.
  if (lines.pop() !== '' || lines.length === 0) throw tornList(path);
  for (const line of lines) {
    const [, wanted, name] = /^([\da-f]{64}) {2}([^/\\]+)$/.exec(line) ?? [];
    if (wanted === undefined || name === undefined) throw tornList(path);
    const file = join(runDir, name);
    if (!existsSync(file)) throw new Error(`openRun: ${file} must be there, but it is missing; put it back`);
    if (sha256([readWholeFile(file)]) === wanted) continue;
    throw new Error(
      `openRun: ${file} must have the SHA-256 that ${path} says, but it has another: one of them was changed or is torn; put the old file back, or delete ${CHECKSUMS_FILE} if the change is meant`,
    );
  }
}

function tornList(path: string): Error {
  return new Error(
    `openRun: ${path} must have lines of a SHA-256 and a name, but it is torn or was changed; delete it if the other files are as they were`,
  );
}
