import path from 'node:path';
import { namesRead, valueImports } from './value-imports.ts';

/** What Node has and browsers do not. */
const NODE_GLOBALS = ['Buffer', '__dirname', '__filename', 'global', 'process', 'require', 'setImmediate'];

/** Reads a source file; undefined when there is none. */
export type ReadSource = (file: string) => string | undefined;

/**
 * Walks what a script of a page loads, through relative imports, and checks that none of it needs Node. Packages are left out:
 * they promise both, and are tested in both. Returns one sentence for each breach, with the way by which it is reached.
 *
 * @param entry - The script, relative to the root, with forward slashes.
 */
export function checkBrowserImports(entry: string, read: ReadSource): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  const walk = (file: string, way: readonly string[]): void => {
    const source = seen.has(file) ? undefined : read(file);
    seen.add(file);
    if (source === undefined) return;
    const reached = way.length === 0 ? '' : `, which ${way.join(' <- ')} loads`;
    for (const specifier of valueImports(source, file)) {
      if (specifier.startsWith('node:')) {
        problems.push(`${file} imports ${specifier}${reached}; a page has no such module`);
      } else if (/^\..*\.tsx?$/.test(specifier)) {
        walk(path.posix.join(path.posix.dirname(file), specifier), [file, ...way]);
      }
    }
    const names = namesRead(source, file);
    for (const name of NODE_GLOBALS) {
      if (names.has(name)) problems.push(`${file} uses ${name}${reached}; a page has none`);
    }
  };
  walk(entry, []);
  if (seen.size === 1) problems.push(`${entry} imports nothing; is it still the script of the page?`);
  return problems;
}
