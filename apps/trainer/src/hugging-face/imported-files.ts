import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importedFileNames } from './imported-file-names.ts';

/**
 * The files that a run has of the model that it was made of, by name: none in a run that was trained from the start. One
 * that is trained from such a run keeps them, for its own export.
 */
export function importedFiles(runDir: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of importedFileNames) {
    const path = join(runDir, name);
    if (existsSync(path)) files[name] = readFileSync(path, 'utf8');
  }
  return files;
}
