import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a run keeps the ids that begin and end texts, in the form of Hugging Face. */
export const GENERATION_CONFIG = 'generation_config.json';

/** Files beside the tokenizer that say how it is used; kept as they are. */
export const tokenizerSideFiles = ['tokenizer_config.json', 'special_tokens_map.json'] as const;

/**
 * The files that a run has of the model that it was made of, by name: none in a run that was trained from the start. One
 * that is trained from such a run keeps them, for its own export.
 */
export function importedFiles(runDir: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of [GENERATION_CONFIG, ...tokenizerSideFiles]) {
    const path = join(runDir, name);
    if (existsSync(path)) files[name] = readFileSync(path, 'utf8');
  }
  return files;
}
